import type { IdentityEvent } from '@tokengrid/contracts';
import { ApiKeyRefused, ApiKeyRotated, instantOf } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Descent } from '../rules/api-keys.ts';
import { issueApiKey } from './issue-api-key.ts';
import { isExpired } from '../rules/api-keys.ts';
import type { Party } from '../state/party.ts';
import { isRegistered } from '../state/party.ts';

export interface RotateApiKey {
  readonly partyId: string;
  readonly keyId: string;
  /** The successor. */
  readonly newKeyId: string;
  /** Hex SHA-256 of the successor's secret. */
  readonly secretHash: string;
  /** How long both keys work. */
  readonly overlapMs: number;
  /** Of the successor. */
  readonly descent: Omit<Descent, 'succeeds'>;
}

/**
 * Gives a key a successor of the same name, scopes and end; the old one ends with the overlap, or earlier if it was to.
 * A key is rotated once: what comes after is its successor's.
 */
export function rotateApiKey(
  state: Party,
  { partyId, keyId, newKeyId, secretHash, overlapMs, descent }: RotateApiKey,
  context: DecisionContext,
): readonly IdentityEvent[] {
  const { time } = context;
  const refused = (code: string, detail: string) => [ApiKeyRefused({ partyId, keyId, code, detail })];
  const old = isRegistered(state) ? state.keys.find((key) => key.keyId === keyId) : undefined;
  if (!old) return refused('IDENTITY.API_KEY_NOT_ACTIVE', 'the key was revoked');
  if (isExpired(old, time)) return refused('IDENTITY.API_KEY_NOT_ACTIVE', 'the key has expired');
  if (old.rotated) return refused('IDENTITY.API_KEY_ALREADY_ROTATED', 'the key has a successor already');
  const { name, scopes, expiresAt } = old;
  const key = { keyId: newKeyId, name, secretHash, scopes, expiresAt };
  const [issued, ...putAway] = issueApiKey(state, { partyId, key, descent: { ...descent, succeeds: keyId } }, context);
  if (issued!.type === 'ApiKeyRefused') return [issued!];
  const end = Math.min(time + overlapMs, expiresAt ?? Infinity);
  return [issued!, ApiKeyRotated({ keyId, partyId, newKeyId, expiresAt: instantOf(end) }), ...putAway];
}
