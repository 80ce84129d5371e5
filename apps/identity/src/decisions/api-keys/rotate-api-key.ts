import { ApiKeyRefused, ApiKeyRotated, ApiKeyShortened, instantOf } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Descent } from '../rules/api-keys.ts';
import { isExpired, issued, keyRefusal, putAway } from '../rules/api-keys.ts';
import { mintedFrom } from '../rules/narrower.ts';
import type { Party } from '../state/party.ts';
import { isRegistered } from '../state/party.ts';
import type { Decided } from '../rules/decided.ts';

export interface RotateApiKey {
  readonly partyId: string;
  readonly keyId: string;
  /** Id of the successor. */
  readonly newKeyId: string;
  /** Hex SHA-256 of the successor's secret. */
  readonly secretHash: string;
  /** Time for which both keys work. */
  readonly overlapMs: number;
  /** Descent of the successor. */
  readonly descent: Omit<Descent, 'succeeds'>;
}

/**
 * Rotates a key: its successor has the same name, scopes, limits and expiry, and the old key ends
 * with the overlap, or earlier if it was to, as do the keys that were minted from it. A key is
 * rotated once; the next rotation is its successor's.
 */
export function rotateApiKey(
  state: Party,
  { partyId, keyId, newKeyId, secretHash, overlapMs, descent }: RotateApiKey,
  { time }: DecisionContext,
): Decided<'rotateApiKey'> {
  const old = isRegistered(state) ? state.keys.find((key) => key.keyId === keyId) : undefined;
  if (!isRegistered(state) || !old || isExpired(old, time)) {
    return [ApiKeyRefused({ partyId, keyId, code: 'IDENTITY.API_KEY_NOT_ACTIVE' })];
  }
  if (old.rotated) return [ApiKeyRefused({ partyId, keyId, code: 'IDENTITY.API_KEY_ALREADY_ROTATED' })];
  const refusal = keyRefusal(state.keys, descent, time);
  if (refusal) return [ApiKeyRefused({ partyId, ...refusal })];
  const { name, scopes, expiresAt, rights, parent } = old;
  const key = { keyId: newKeyId, name, secretHash, scopes, expiresAt, rights };
  const end = Math.min(time + overlapMs, expiresAt ?? Infinity);
  const later = mintedFrom(state.keys, keyId).filter((each) => each.expiresAt === null || each.expiresAt > end);
  return [
    issued(partyId, state.kind, key, { ...descent, succeeds: keyId, parent }),
    ApiKeyRotated({ keyId, partyId, newKeyId, expiresAt: instantOf(end) }),
    ...later.map((each) => ApiKeyShortened({ keyId: each.keyId, partyId, expiresAt: instantOf(end) })),
    ...putAway(partyId, state.keys, time),
  ];
}
