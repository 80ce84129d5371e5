import { ApiKeyRefused, ApiKeyRevoked } from '@tokengrid/contracts';
import type { Party } from '../state/party.ts';
import { isRegistered } from '../state/party.ts';
import type { Decided } from '../rules/decided.ts';

export interface RevokeApiKey {
  readonly partyId: string;
  readonly keyId: string;
}

/** Revokes a key at once, in every service. An expired key can be revoked, a revoked one can't. */
export function revokeApiKey(state: Party, { partyId, keyId }: RevokeApiKey): Decided<'revokeApiKey'> {
  if (!isRegistered(state) || !state.keys.some((key) => key.keyId === keyId)) {
    return [ApiKeyRefused({ partyId, keyId, code: 'IDENTITY.API_KEY_NOT_ACTIVE' })];
  }
  return [ApiKeyRevoked({ keyId, partyId })];
}
