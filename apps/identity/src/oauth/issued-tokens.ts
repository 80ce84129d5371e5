import { Inject, Injectable } from '@nestjs/common';
import { commandIdOf, actorText } from '@tokengrid/contracts';
import { AccessTokens, audienceOf, type Parts, ProblemError, serviceParts } from '@tokengrid/service';
import { decodeJwt } from 'jose';
import { createHash } from 'node:crypto';
import { revokeAccessToken } from '../decisions/oauth-clients/revoke-access-token.ts';
import { ClientDirectory } from '../projections/client-directory.ts';
import { Parties } from '../streams/parties.ts';
import { services } from './services.ts';

/** Claims of an access token that is in force. */
export interface IssuedToken {
  readonly jti: string;
  readonly clientId: string;
  readonly aud: string;
  readonly scope: string | undefined;
  /** Person in whose name it is, and the party on whose behalf; absent for a client's own. */
  readonly userId?: string;
  readonly party?: string;
  /** Epoch seconds. */
  readonly iat: number;
  readonly exp: number;
}

const looksAgain = { apiKeyCacheMs: 0, apiKeyCacheEntries: 1000 };

/** Access tokens that were issued, each of which is its own record: none is stored. */
@Injectable()
export class IssuedTokens {
  /** By audience: identity is asked about the tokens of all services. */
  private readonly checks: ReadonlyMap<string, AccessTokens>;

  constructor(
    @Inject(serviceParts) { accessTokens, clock, unsure }: Parts,
    private readonly clients: ClientDirectory,
    private readonly parties: Parties,
  ) {
    this.checks = new Map(
      services.map((service) => {
        const audience = audienceOf(service);
        return [audience, new AccessTokens(accessTokens, audience, looksAgain, clock, unsure)];
      }),
    );
  }

  /** A token, if a service would accept it now. @throws ProblemError 503 if that can't be known */
  async find(token: string): Promise<IssuedToken | undefined> {
    try {
      const { aud } = decodeJwt(token);
      await this.checks.get(String(aud))!.principalOf(token, createHash('sha256').update(token).digest('hex'));
    } catch (error) {
      if (error instanceof ProblemError && error.problem.status !== 401) throw error;
      return undefined;
    }
    const claims = decodeJwt<{ client_id: string; scope?: string; party?: string }>(token);
    const { jti, client_id: clientId, aud, sub, scope, iat, exp, party } = claims;
    const named = { jti: jti!, clientId, aud: aud as string, scope, iat: iat!, exp: exp! };
    return sub === clientId ? named : { ...named, userId: sub!, ...(party !== undefined && { party }) };
  }

  /** Revokes a token in every service. */
  async revoke({ jti: tokenId, clientId, exp }: Pick<IssuedToken, 'jti' | 'clientId' | 'exp'>): Promise<void> {
    const client = await this.clients.active(clientId);
    if (!client) return;
    const { partyId } = client;
    const id = commandIdOf(partyId, 'REVOKE', 'access-tokens', tokenId);
    const data = { partyId, clientId, tokenId, expiresAt: exp * 1000 };
    const actor = actorText({ party: partyId, person: clientId });
    await this.parties.handle(revokeAccessToken, { id, streamId: partyId, data, correlationId: id, actor });
  }
}
