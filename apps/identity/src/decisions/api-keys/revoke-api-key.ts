import { ApiKeyRefused, ApiKeyRevoked } from '@tokengrid/contracts';
import type { Party } from '../state/party.ts';
import { isRegistered } from '../state/party.ts';
import { mintedFrom } from '../rules/narrower.ts';
import type { Decided } from '../rules/decided.ts';

export interface RevokeApiKey {
  readonly partyId: string;
  readonly keyId: string;
}

/**
 * Revokes a key at once, in every service, and the keys that were minted from it. An expired key
 * can be revoked, a revoked one can't.
 */
export function revokeApiKey(state: Party, { partyId, keyId }: RevokeApiKey): Decided<'revokeApiKey'> {
  if (!isRegistered(state) || !state.keys.some((key) => key.keyId === keyId)) {
    return [ApiKeyRefused({ partyId, keyId, code: 'IDENTITY.API_KEY_NOT_ACTIVE' })];
  }
  const minted = mintedFrom(state.keys, keyId).map((key) => ApiKeyRevoked({ keyId: key.keyId, partyId }));
  return [ApiKeyRevoked({ keyId, partyId }), ...minted];
}
