import { Injectable } from '@nestjs/common';
import { StorageClock } from '@tokengrid/event-store';
import { type Adapter, type AdapterPayload, errors, Provider } from 'oidc-provider';
import { ClientDirectory } from '../projections/client-directory.ts';
import type { OauthClientRow } from '../projections/oauth-clients.table.ts';
import { claimsByScope } from './accounts.ts';
import { IssuedTokens } from './issued-tokens.ts';
import { PersonGrants } from './person-grants.ts';
import { StoredModels } from './stored-models.ts';
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
    private readonly models: StoredModels,
    private readonly grants: PersonGrants,
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
      case 'AccessToken':
        return adapter(model, {
          ...this.stored(model),
          find: (token) => (token.startsWith(tokenMark) ? this.personToken(token) : this.models.find(model, token)),
          destroy: (id) => this.revokeOfPerson(id),
        });
      case 'AuthorizationCode':
      case 'RefreshToken':
        return adapter(model, { ...this.stored(model), consume: (id) => this.consume(model, id) });
      case 'Grant':
        return adapter(model, {
          ...this.stored(model),
          find: (id) => this.grant(id),
          destroy: (id) => this.endGrant(id),
        });
      case 'Session':
      case 'Interaction':
        return adapter(model, this.stored(model));
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

  private stored(model: string): Does {
    return {
      find: (id) => this.models.find(model, id),
      findByUid: (uid) => this.models.findByUid(model, uid),
      upsert: (id, payload, seconds) => this.models.upsert(model, id, payload, seconds),
      destroy: (id) => this.models.destroy(model, id),
      revokeByGrantId: (grantId) => this.models.destroyOfGrant(model, grantId),
    };
  }

  /** A grant is in force while its person's stream says so. */
  private async grant(id: string): Promise<AdapterPayload | undefined> {
    const payload = await this.models.find('Grant', id);
    return payload?.accountId !== undefined && (await this.grants.active(payload.accountId, id)) ? payload : undefined;
  }

  private async endGrant(id: string): Promise<void> {
    const accountId = (await this.models.find('Grant', id))?.accountId;
    const isAsked = Provider.ctx?.oidc.route === 'revocation';
    if (accountId !== undefined) await this.grants.end(accountId, id, isAsked ? 'client' : 'reused');
    await this.models.destroy('Grant', id);
  }

  /** The library looks first, but two requests at once would both find that it was not used. */
  private async consume(model: string, id: string): Promise<void> {
    if (await this.models.consume(model, id)) return;
    const grantId = (await this.models.find(model, id))?.grantId;
    if (grantId !== undefined) await this.endGrant(grantId);
    throw new errors.InvalidGrant('used at the same time by another request');
  }

  private async personToken(marked: string): Promise<AdapterPayload | undefined> {
    const found = await this.tokens.find(marked.slice(tokenMark.length));
    if (found?.userId === undefined) return undefined;
    const { jti, clientId, userId, aud, scope, iat, exp, party } = found;
    const extra = { ...(party !== undefined && { party }) };
    // Without the grant's id: the end of one token is not that of the grant.
    const names = { kind: 'AccessToken', jti, clientId, accountId: userId, aud, iat, exp, extra };
    return { ...names, ...(scope !== undefined && { scope }) };
  }

  private async revokeOfPerson(id: string): Promise<void> {
    const { aud, clientId, exp } = Provider.ctx?.oidc.entities.AccessToken ?? {};
    if (aud === undefined || clientId === undefined || exp === undefined) return this.models.destroy('AccessToken', id);
    return this.tokens.revoke({ jti: id, clientId, exp });
  }

  private async token(marked: string): Promise<AdapterPayload | undefined> {
    if (!marked.startsWith(tokenMark)) return undefined;
    const found = await this.tokens.find(marked.slice(tokenMark.length));
    if (!found || found.userId !== undefined) return undefined;
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

type Does = Partial<Adapter>;

/** An adapter that does what is given, and fails for what no offered grant needs. */
function adapter(model: string, does: Does): Adapter {
  const never = () => Promise.reject(new Error(`no grant that is offered needs ${model}`));
  return {
    ...{ find: never, upsert: never, destroy: never, consume: never },
    ...{ findByUid: never, findByUserCode: never, revokeByGrantId: never },
    ...does,
  };
}

/** Scopes of OpenID Connect, for clients that sign people in. */
const openidScopes = [...Object.keys(claimsByScope), 'offline_access'];

/** Metadata of a client (RFC 7591). The hash stands for its secret, which nobody knows here. */
function metadataOf({ clientId, name, scopes, secretHash, publicKeys, redirectUris }: OauthClientRow): AdapterPayload {
  const ofPeople = redirectUris !== null;
  const usual = {
    ...{ client_id: clientId, client_name: name, scope: [...scopes, ...(ofPeople ? openidScopes : [])].join(' ') },
    grant_types: ['client_credentials', ...(ofPeople ? ['authorization_code', 'refresh_token'] : [])],
    ...{ response_types: ofPeople ? ['code' as const] : [], redirect_uris: redirectUris ?? [] },
  };
  return secretHash === null
    ? { ...usual, token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: publicKeys ?? [] } }
    : { ...usual, token_endpoint_auth_method: 'client_secret_basic', client_secret: secretHash };
}
