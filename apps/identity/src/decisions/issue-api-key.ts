import type { IdentityEvent, PartyKind } from '@tokengrid/contracts';
import { ApiKeyIssued, ApiKeyRefused, ApiKeyRevoked, instantOf } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { ApiKey, Party } from './party.ts';
import { isRegistered } from './party.ts';

/** A key as it is made: the secret stays with the caller, its hash comes here. */
export interface KeyToIssue {
  readonly keyId: string;
  readonly name: string;
  /** Hex SHA-256 of the whole secret. */
  readonly secretHash: string;
  readonly scopes: readonly string[];
  /** Epoch milliseconds; `null` for never. */
  readonly expiresAt: number | null;
}

export interface IssueApiKey {
  readonly partyId: string;
  readonly key: KeyToIssue;
}

/** Most keys that a party has at a time: neither revoked nor expired. */
export const maxApiKeys = 100;

/** Gives a party another API key, and puts away those that have expired, so that a stream's memory stays bounded. */
export function issueApiKey(
  state: Party,
  { partyId, key }: IssueApiKey,
  { time }: DecisionContext,
): readonly IdentityEvent[] {
  if (!isRegistered(state)) {
    return [ApiKeyRefused({ partyId, code: 'NOT_FOUND', detail: 'there is no such party' })];
  }
  if (key.expiresAt !== null && key.expiresAt <= time) {
    return [ApiKeyRefused({ partyId, code: 'INVALID_ARGUMENT', detail: 'expiresAt has to be in the future' })];
  }
  const expired = state.keys.filter((held) => isExpired(held, time));
  if (state.keys.length - expired.length >= maxApiKeys) {
    const detail = `a party has at most ${maxApiKeys} API keys at a time; revoke one first`;
    return [ApiKeyRefused({ partyId, code: 'API_KEY.TOO_MANY', detail })];
  }
  return [issued(partyId, state.kind, key), ...expired.map(({ keyId }) => ApiKeyRevoked({ keyId, partyId }))];
}

/** The fact that a party has a key. */
export function issued(partyId: string, partyKind: PartyKind, key: KeyToIssue): IdentityEvent {
  const { keyId, name, secretHash, scopes, expiresAt } = key;
  return ApiKeyIssued({
    keyId,
    partyId,
    partyKind,
    name,
    secretHash,
    scopes: [...scopes],
    expiresAt: expiresAt === null ? null : instantOf(expiresAt),
  });
}

/** Whether a key has ended by a time. */
export function isExpired({ expiresAt }: ApiKey, time: number): boolean {
  return expiresAt !== null && expiresAt <= time;
}
