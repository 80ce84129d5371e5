import { actorText, type KeyHolderKind, type KeyRights } from '@tokengrid/contracts';
import type { StorageClock } from '@tokengrid/event-store';
import { LRUCache } from 'lru-cache';
import { unauthenticated, unavailable } from '../http/problem.ts';
import type { Lineage } from './lineage.ts';
import type { Principal } from './principal.ts';

/** An API key as identity's events describe it. */
export interface ApiKeyRow {
  /** Hex SHA-256 of the whole secret; null for an OAuth client. */
  readonly secretHash: string | null;
  readonly keyId: string;
  readonly partyId: string;
  readonly partyKind: KeyHolderKind;
  readonly scopes: readonly string[];
  /** What limits it beside its scopes. */
  readonly rights: KeyRights;
  /** Epoch milliseconds; `null` for never. */
  readonly expiresAt: number | null;
  readonly revoked: boolean;
  readonly suspended: boolean;
  /** True if events of the party can't be read: its key may have been revoked. */
  readonly isHeldBack?: boolean;
  readonly lineage: Lineage;
}

/** Table of keys, shared by all processes of a service. */
export interface ApiKeyTable {
  /** Rows of the known hashes. */
  find(secretHashes: readonly string[]): Promise<readonly ApiKeyRow[]>;
}

/** Limits of {@link ApiKeys}. */
export interface ApiKeyLimits {
  /**
   * Time for which a valid key is cached. Issue to first use, and revocation to refusal, stay under
   * one second.
   */
  readonly apiKeyCacheMs: number;
  /** Maximum number of cached keys. */
  readonly apiKeyCacheEntries: number;
}

interface Cached {
  readonly row: ApiKeyRow;
  readonly principal: Principal;
  /** Monotonic milliseconds. */
  readonly until: number;
}

interface Waiting {
  readonly resolve: (row: ApiKeyRow | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Looks up keys with one statement for all requests of a tick. Valid keys are cached briefly and
 * unknown keys never, so that a key works as soon as its event arrives.
 */
export class ApiKeys {
  private readonly cache: LRUCache<string, Cached>;
  private waiting = new Map<string, Waiting[]>();

  constructor(
    private readonly table: ApiKeyTable,
    private readonly limits: ApiKeyLimits,
    private readonly clock: StorageClock,
    /** Reason why an unknown key may still be valid; `undefined` if there is none. */
    private readonly unsure: () => Promise<string | undefined> = () => Promise.resolve(undefined),
  ) {
    this.cache = new LRUCache({ max: limits.apiKeyCacheEntries });
  }

  /**
   * Principal of a key, synchronously if it is cached.
   * @param secretHash hex SHA-256 of the secret
   * @throws ProblemError 401 for a key that is unknown, revoked, expired or of a suspended party;
   * 503 if the answer can't be known now
   */
  principalOf(secretHash: string): Principal | Promise<Principal> {
    const cached = this.cache.get(secretHash);
    if (cached !== undefined && performance.now() < cached.until) {
      refuseBadKey(cached.row, this.clock.now());
      return cached.principal;
    }
    return this.lookUp(secretHash).then((row) =>
      row === undefined ? this.refuseUnknown() : this.accept(secretHash, row),
    );
  }

  private async refuseUnknown(): Promise<never> {
    const doubt = await this.unsure();
    if (doubt !== undefined) throw unavailable(`the API key can't be checked now: ${doubt}`);
    throw unauthenticated('unknown API key');
  }

  private accept(secretHash: string, row: ApiKeyRow): Principal {
    refuseBadKey(row, this.clock.now());
    const principal = principalOfRow(row);
    this.cache.set(secretHash, { row, principal, until: performance.now() + this.limits.apiKeyCacheMs });
    return principal;
  }

  private lookUp(secretHash: string): Promise<ApiKeyRow | undefined> {
    return new Promise((resolve, reject) => {
      if (this.waiting.size === 0) setImmediate(() => void this.flush());
      const waiting = this.waiting.get(secretHash);
      if (waiting) waiting.push({ resolve, reject });
      else this.waiting.set(secretHash, [{ resolve, reject }]);
    });
  }

  private async flush(): Promise<void> {
    const asked = this.waiting;
    this.waiting = new Map();
    try {
      const rows = new Map((await this.table.find([...asked.keys()])).map((row) => [row.secretHash, row] as const));
      for (const [hash, waiting] of asked) for (const { resolve } of waiting) resolve(rows.get(hash));
    } catch (error) {
      for (const waiting of asked.values()) for (const { reject } of waiting) reject(error);
    }
  }
}

/** The caller with a key. */
export function principalOfRow({ partyId, partyKind, keyId, scopes, rights, lineage }: ApiKeyRow): Principal {
  const actor = actorText({ party: partyId, person: lineage.people[0], key: keyId });
  return { partyId, kind: partyKind, keyId, scopes, rights, actor, ...lineage };
}

function refuseBadKey(row: ApiKeyRow, now: number): void {
  if (row.revoked) throw unauthenticated('the API key is revoked');
  if (row.expiresAt !== null && row.expiresAt <= now) throw unauthenticated('the API key is expired');
  if (row.isHeldBack) throw unavailable("the state of this API key can't be read; the operator is notified");
  if (row.suspended) throw unauthenticated('the party of the API key is suspended');
}
