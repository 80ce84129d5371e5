import { createHash } from 'node:crypto';
import type { ApiKeyRow, ApiKeyTable } from '../auth/api-keys.ts';
import { withoutOrigin } from '../auth/lineage.ts';
import { newId } from '../ids.ts';
import { defaultScopesOf } from '../scopes.ts';
import type { Caller } from './tested-service.ts';

/** API keys of a service, in memory, known as through identity's events. */
export class KnownKeys implements ApiKeyTable {
  private readonly rows = new Map<string, ApiKeyRow>();

  /** Adds a key; absent fields are those of a party's first key. */
  add(secret: string, key: Pick<ApiKeyRow, 'partyId' | 'partyKind'> & Partial<ApiKeyRow>): ApiKeyRow {
    const keyId = key.keyId ?? newId('key');
    const row: ApiKeyRow = {
      secretHash: createHash('sha256').update(secret).digest('hex'),
      keyId,
      lineage: withoutOrigin(keyId),
      scopes: key.partyKind === 'operator' ? [] : defaultScopesOf(key.partyKind),
      rights: {},
      ...{ expiresAt: null, revoked: false, suspended: false },
      ...key,
    };
    this.rows.set(row.secretHash!, row);
    return row;
  }

  /** A new party of a kind, with its first key. */
  party(partyKind: Exclude<ApiKeyRow['partyKind'], 'operator'>): Caller {
    const partyId = newId(partyKind === 'subscriber' ? 'sub' : 'org');
    const secret = newId('secret');
    this.add(secret, { partyId, partyKind });
    return { secret, partyId };
  }

  find(secretHashes: readonly string[]): Promise<readonly ApiKeyRow[]> {
    return Promise.resolve(secretHashes.flatMap((hash) => this.rows.get(hash) ?? []));
  }
}
