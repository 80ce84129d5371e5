import { instantOf, OauthClientRefused, OauthClientSecretRotated } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Decided } from '../rules/decided.ts';
import { activeClient } from '../rules/oauth-clients.ts';
import type { Party } from '../state/party.ts';

export interface RotateClientSecret {
  readonly partyId: string;
  readonly clientId: string;
  /** Hex SHA-256 of the new secret. */
  readonly secretHash: string;
  /** Time for which both secrets work. */
  readonly overlapMs: number;
}

/**
 * Gives a client another secret. The one before it works until the end of the overlap, those before
 * that one end at once.
 */
export function rotateClientSecret(
  state: Party,
  { partyId, clientId, secretHash, overlapMs }: RotateClientSecret,
  { time }: DecisionContext,
): Decided<'rotateClientSecret'> {
  const client = activeClient(state, clientId);
  if (!client) return [OauthClientRefused({ partyId, clientId, code: 'IDENTITY.OAUTH_CLIENT_NOT_ACTIVE' })];
  if (!client.hasSecret) {
    return [OauthClientRefused({ partyId, clientId, code: 'IDENTITY.OAUTH_CLIENT_WITHOUT_SECRET' })];
  }
  return [OauthClientSecretRotated({ clientId, partyId, secretHash, expiresAt: instantOf(time + overlapMs) })];
}
