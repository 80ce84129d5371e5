import {
  ApiKeyIssued,
  ApiKeyRevoked,
  instantOf,
  type KeyBudget,
  type KeyHolderKind,
  type KeyRights,
  mostKeysInLine,
  mostPeopleOfKey,
} from '@tokengrid/contracts';
import type { ApiKey } from '../state/party.ts';

/** A new key: the secret stays with the caller, its hash comes here. */
export interface KeyToIssue {
  readonly keyId: string;
  readonly name: string;
  /** Hex SHA-256 of the whole secret. */
  readonly secretHash: string;
  readonly scopes: readonly string[];
  /** Epoch milliseconds; `null` for never. */
  readonly expiresAt: number | null;
  readonly rights?: KeyRights | undefined;
  readonly budget?: KeyBudget | undefined;
}

/** Descent of a key that another key requested. A party's first key has none. */
export interface Descent {
  /** The key that requested it, unless it is the predecessor. */
  readonly mintedBy?: string;
  /** The key that it succeeds. */
  readonly succeeds?: string;
  /** The key that it ends with. */
  readonly parent?: string | undefined;
  /** Numbers of people and keys in its lineage, itself included. */
  readonly people: number;
  readonly keys: number;
}

/** Event of an issued key. */
export function issued(
  partyId: string,
  partyKind: KeyHolderKind,
  key: KeyToIssue,
  { mintedBy, succeeds, parent }: Pick<Descent, 'mintedBy' | 'succeeds' | 'parent'> = {},
): ReturnType<typeof ApiKeyIssued> {
  const { keyId, name, secretHash, scopes, expiresAt, rights, budget } = key;
  return ApiKeyIssued({
    keyId,
    partyId,
    partyKind,
    ...(mintedBy !== undefined && { mintedBy }),
    ...(succeeds !== undefined && { succeeds }),
    ...(parent !== undefined && { parent }),
    name,
    secretHash,
    scopes: [...scopes],
    expiresAt: expiresAt === null ? null : instantOf(expiresAt),
    ...rights,
    ...(budget && { budget }),
  });
}

/** True if a key has ended by a time. */
export function isExpired({ expiresAt }: ApiKey, time: number): boolean {
  return expiresAt !== null && expiresAt <= time;
}

/** Maximum number of a party's keys that are neither revoked nor expired. */
export const maxApiKeys = 100;

/** True if a lineage would have too many people or keys. */
export function isLineTooLong({ people, keys }: Pick<Descent, 'people' | 'keys'>): boolean {
  return people > mostPeopleOfKey || keys > mostKeysInLine;
}

/** Refusal of a further key for a party; `undefined` if there is none. */
export function keyRefusal(keys: readonly ApiKey[], descent: Descent, time: number) {
  if (isLineTooLong(descent)) return { code: 'IDENTITY.API_KEY_LINE_TOO_LONG' } as const;
  const held = keys.filter((key) => !isExpired(key, time));
  return held.length >= maxApiKeys ? ({ code: 'IDENTITY.TOO_MANY_API_KEYS' } as const) : undefined;
}

/** The end of the keys that have expired: they make place for the next one. */
export const putAway = (partyId: string, keys: readonly ApiKey[], time: number) =>
  keys.filter((key) => isExpired(key, time)).map(({ keyId }) => ApiKeyRevoked({ keyId, partyId }));
