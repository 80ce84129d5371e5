import type { IdentityEvent, KeyHolderKind } from '@tokengrid/contracts';
import {
  ApiKeyIssued,
  ApiKeyRefused,
  ApiKeyRevoked,
  instantOf,
  mostKeysInLine,
  mostPeopleOfKey,
  operatorPartyId,
} from '@tokengrid/contracts';
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

/** Where a key comes from that a key asked for. A party's first key comes from nowhere. */
export interface Descent {
  /** The key that asked for it, where that is not the one that it succeeds. */
  readonly mintedBy?: string;
  /** The key whose successor it is. */
  readonly succeeds?: string;
  /** How many people it goes back to, its own person counted, and how many keys, itself counted. */
  readonly people: number;
  readonly keys: number;
}

export interface IssueApiKey {
  readonly partyId: string;
  readonly key: KeyToIssue;
  readonly descent: Descent;
}

/** Most keys that a party has at a time: neither revoked nor expired. */
export const maxApiKeys = 100;

/**
 * Gives a party, or somebody at the operator, another API key, which remembers what it comes from, and puts away those that have expired, so that a stream's memory stays bounded.
 */
export function issueApiKey(
  state: Party,
  { partyId, key, descent }: IssueApiKey,
  { time }: DecisionContext,
): readonly IdentityEvent[] {
  if (!isRegistered(state) && partyId !== operatorPartyId) {
    return [ApiKeyRefused({ partyId, code: 'NOT_FOUND', detail: 'there is no such party' })];
  }
  if (key.expiresAt !== null && key.expiresAt <= time) {
    return [ApiKeyRefused({ partyId, code: 'INVALID_ARGUMENT', detail: 'expiresAt has to be in the future' })];
  }
  if (descent.people > mostPeopleOfKey || descent.keys > mostKeysInLine) {
    const detail = `a key goes back to at most ${mostPeopleOfKey} people and ${mostKeysInLine} keys; use one that goes back to fewer`;
    return [ApiKeyRefused({ partyId, code: 'API_KEY.LINE_TOO_LONG', detail })];
  }
  const { kind, keys } = isRegistered(state) ? state : noKeysOfOperator;
  const expired = keys.filter((held) => isExpired(held, time));
  if (keys.length - expired.length >= maxApiKeys) {
    const detail = `a party has at most ${maxApiKeys} API keys at a time; revoke one first`;
    return [ApiKeyRefused({ partyId, code: 'API_KEY.TOO_MANY', detail })];
  }
  return [issued(partyId, kind, key, descent), ...expired.map(({ keyId }) => ApiKeyRevoked({ keyId, partyId }))];
}

const noKeysOfOperator = { kind: 'operator', keys: [] } as const;

/** The fact that a party has a key. */
export function issued(
  partyId: string,
  partyKind: KeyHolderKind,
  key: KeyToIssue,
  { mintedBy, succeeds }: Pick<Descent, 'mintedBy' | 'succeeds'> = {},
): IdentityEvent {
  const { keyId, name, secretHash, scopes, expiresAt } = key;
  return ApiKeyIssued({
    keyId,
    partyId,
    partyKind,
    ...(mintedBy !== undefined && { mintedBy }),
    ...(succeeds !== undefined && { succeeds }),
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
