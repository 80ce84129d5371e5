import { type KeyHolderKind, type IdentityEvent, ApiKeyIssued, instantOf } from '@tokengrid/contracts';
import type { ApiKey } from '../state/party.ts';

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
