import type { IdentityEvent } from '@tokengrid/contracts';
import { ApiKeyRefused, ApiKeyRevoked } from '@tokengrid/contracts';
import type { Party } from '../state/party.ts';
import { isRegistered } from '../state/party.ts';

export interface RevokeApiKey {
  readonly partyId: string;
  readonly keyId: string;
}

/** Ends a key at once, wherever it is used. One that has expired can be revoked, one that is revoked cannot. */
export function revokeApiKey(state: Party, { partyId, keyId }: RevokeApiKey): readonly IdentityEvent[] {
  if (!isRegistered(state) || !state.keys.some((key) => key.keyId === keyId)) {
    return [ApiKeyRefused({ partyId, keyId, code: 'IDENTITY.API_KEY_NOT_ACTIVE', detail: 'the key was revoked' })];
  }
  return [ApiKeyRevoked({ keyId, partyId })];
}
