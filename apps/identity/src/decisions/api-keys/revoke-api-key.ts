import { ApiKeyRefused, ApiKeyRevoked } from '@tokengrid/contracts';
import type { Party } from '../state/party.ts';
import { isRegistered } from '../state/party.ts';
import type { Decided } from '../rules/decided.ts';

export interface RevokeApiKey {
  readonly partyId: string;
  readonly keyId: string;
}

/**
 * Ends a key at once, wherever it is used. One that has expired can be revoked, one that is revoked
 * cannot.
 */
export function revokeApiKey(state: Party, { partyId, keyId }: RevokeApiKey): Decided<'revokeApiKey'> {
  if (!isRegistered(state) || !state.keys.some((key) => key.keyId === keyId)) {
    return [ApiKeyRefused({ partyId, keyId, code: 'IDENTITY.API_KEY_NOT_ACTIVE' })];
  }
  return [ApiKeyRevoked({ keyId, partyId })];
}
