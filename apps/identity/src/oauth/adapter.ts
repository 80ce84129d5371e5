import { Injectable } from '@nestjs/common';
import { StorageClock } from '@tokengrid/event-store';
import { type Adapter, type AdapterPayload, errors, Provider } from 'oidc-provider';
import { ClientDirectory } from '../projections/client-directory.ts';
import type { OauthClientRow } from '../projections/oauth-clients.table.ts';
import { IssuedTokens } from './issued-tokens.ts';
import { UsedAssertions } from './used-assertions.ts';

/**
 * Mark before an access token that asks about itself. The library refuses to look at tokens that it
 * sees are JWTs, because it keeps no record of them.
 */
export const tokenMark = '~';

/** State of the authorization server, by kind of model. */
@Injectable()
export class OauthState {
  constructor(
    private readonly clients: ClientDirectory,
    private readonly tokens: IssuedTokens,
    private readonly assertions: UsedAssertions,
    private readonly clock: StorageClock,
  ) {}

  /** Adapter of a model, by the library's name of it. */
  adapterOf(model: string): Adapter {
    switch (model) {
      case 'Client':
        return adapter(model, { find: (id) => this.client(id) });
      case 'ClientCredentials':
        return adapter(model, {
          find: (token) => this.token(token),
          destroy: () => this.revoke(),
        });
      // Other access tokens are issued by no grant that is offered.
      case 'AccessToken':
        return adapter(model, { find: () => Promise.resolve(undefined) });
      case 'ReplayDetection':
        return adapter(model, {
          // Looking first would let two requests at once find nothing: `upsert` tells.
          find: () => Promise.resolve(undefined),
          upsert: (id, _payload, seconds = 0) => this.use(id, seconds),
        });
      default:
        return adapter(model, {});
    }
  }

  /** Hashes of the secrets that a client may use now. */
  async secretHashes(clientId: string): Promise<readonly string[]> {
    const row = await this.clients.active(clientId);
    if (!row?.secretHash) return [];
    const { secretHash, earlierHash, earlierUntil } = row;
    const overlaps = earlierHash !== null && earlierUntil !== null && this.clock.now() < earlierUntil;
    return overlaps ? [secretHash, earlierHash] : [secretHash];
  }

  /** Party of a client that may get tokens. */
  async partyOf(clientId: string): Promise<string | undefined> {
    return (await this.clients.active(clientId))?.partyId;
  }

  private async client(id: string): Promise<AdapterPayload | undefined> {
    const row = await this.clients.active(id);
    return row && metadataOf(row);
  }

  private async token(marked: string): Promise<AdapterPayload | undefined> {
    if (!marked.startsWith(tokenMark)) return undefined;
    const found = await this.tokens.find(marked.slice(tokenMark.length));
    if (!found) return undefined;
    const { jti, clientId, aud, scope, iat, exp } = found;
    return { kind: 'ClientCredentials', jti, clientId, aud, iat, exp, ...(scope !== undefined && { scope }) };
  }

  private async revoke(): Promise<void> {
    const { jti, clientId, exp } = Provider.ctx?.oidc.entities.ClientCredentials ?? {};
    if (jti !== undefined && clientId !== undefined && exp !== undefined) {
      await this.tokens.revoke({ jti, clientId, exp });
    }
  }

  private async use(id: string, seconds: number): Promise<void> {
    if (await this.assertions.use(id, seconds)) return;
    throw new errors.InvalidClientAuth('client assertion tokens must only be used once');
  }
}

type Does = Partial<Pick<Adapter, 'find' | 'upsert' | 'destroy'>>;

/** An adapter that does what is given, and fails for what no offered grant needs. */
function adapter(model: string, does: Does): Adapter {
  const never = () => Promise.reject(new Error(`no grant that is offered needs ${model}`));
  return {
    ...{ find: never, upsert: never, destroy: never, consume: never },
    ...{ findByUid: never, findByUserCode: never, revokeByGrantId: never },
    ...does,
  };
}

/** Metadata of a client (RFC 7591). The hash stands for its secret, which nobody knows here. */
function metadataOf({ clientId, name, scopes, secretHash, publicKeys }: OauthClientRow): AdapterPayload {
  const usual = {
    ...{ client_id: clientId, client_name: name, scope: scopes.join(' ') },
    ...{ grant_types: ['client_credentials'], response_types: [], redirect_uris: [] },
  };
  return secretHash === null
    ? { ...usual, token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: publicKeys ?? [] } }
    : { ...usual, token_endpoint_auth_method: 'client_secret_basic', client_secret: secretHash };
}
