import { AccessTokenRevoked, instantOf, OauthClientRefused } from '@tokengrid/contracts';
import type { Decided } from '../rules/decided.ts';
import { activeClient } from '../rules/oauth-clients.ts';
import type { Party } from '../state/party.ts';

export interface RevokeAccessToken {
  readonly partyId: string;
  readonly clientId: string;
  /** `jti` of the token. */
  readonly tokenId: string;
  /** The token's own end, epoch milliseconds. */
  readonly expiresAt: number;
}

/** Revokes an access token that a client of the party asked for. */
export function revokeAccessToken(
  state: Party,
  { partyId, clientId, tokenId, expiresAt }: RevokeAccessToken,
): Decided<'revokeAccessToken'> {
  if (!activeClient(state, clientId)) {
    return [OauthClientRefused({ partyId, clientId, code: 'IDENTITY.OAUTH_CLIENT_NOT_ACTIVE' })];
  }
  return [AccessTokenRevoked({ clientId, partyId, tokenId, expiresAt: instantOf(expiresAt) })];
}
