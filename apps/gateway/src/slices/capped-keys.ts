import { Inject, Injectable } from '@nestjs/common';
import { Batcher } from '@tokengrid/event-store';
import { knownKeys, poolOf } from '@tokengrid/service';
import { LRUCache } from 'lru-cache';
import { DataSource } from 'typeorm';

/** Time for which it is known of a key whether caps bind it. */
const knownMs = 500;
const mostKnown = 50_000;

/** A key as it is known: the key whose slices it spends; null for the payer's own. */
interface Bound {
  readonly by: string | null;
}

/** API keys that caps bind: each of them spends slices of its own. */
@Injectable()
export class CappedKeys {
  private readonly known = new LRUCache<string, Bound>({ max: mostKnown, ttl: knownMs });
  private readonly look = new Batcher((keyIds: readonly string[]) => this.find(keyIds));

  constructor(@Inject(DataSource) private readonly database: DataSource) {}

  /**
   * The key whose caps bind a key: itself or its nearest capped ancestor; undefined without caps.
   * @returns at once for a key that was looked up lately
   */
  of(keyId: string): string | undefined | Promise<string | undefined> {
    const known = this.known.get(keyId);
    return known ? (known.by ?? undefined) : this.asked(keyId);
  }

  private async asked(keyId: string): Promise<string | undefined> {
    const bound = await this.look.add(keyId);
    this.known.set(keyId, bound);
    return bound.by ?? undefined;
  }

  private async find(keyIds: readonly string[]): Promise<readonly Bound[]> {
    const pool = poolOf(this.database);
    const keys = knownKeys(pool);
    const lines = await keys.find([...new Set(keyIds)]);
    const all = [...new Set([...lines.values()].flatMap(({ line }) => line))];
    if (all.length === 0) return keyIds.map(() => ({ by: null }));
    const { rows } = await pool.query<{ key_id: string }>({
      name: 'capped-keys',
      text: 'select distinct key_id from capped_keys where key_id = any($1::text[])',
      values: [all],
    });
    const budgeted = [...lines.values()].flatMap((line) => line.budgeted.map(({ keyId }) => keyId));
    const capped = new Set([...rows.map(({ key_id: keyId }) => keyId), ...budgeted]);
    const cappedIn = (line: readonly string[]) => line.filter((keyId) => capped.has(keyId));
    const nearest = [...lines.values()].flatMap(({ line }) => cappedIn(line).slice(0, 1));
    const above = nearest.length > 0 ? await keys.find([...new Set(nearest)]) : lines;
    return keyIds.map((keyId) => {
      const binding = cappedIn(lines.get(keyId)?.line ?? []);
      const [first] = binding;
      if (first === undefined) return { by: null };
      // A slice is bound by the caps of its key's line: of all that bind the key, or it is its own.
      const line = new Set(above.get(first)?.line);
      return { by: binding.every((each) => line.has(each)) ? first : keyId };
    });
  }
}
