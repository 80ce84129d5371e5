import { AskedTogether } from '@tokengrid/service';
import { LRUCache } from 'lru-cache';

/** Values by key; a key that is absent has none. */
type Found<Value> = ReadonlyMap<string, Value>;

interface Kept<Value> {
  readonly value: Value;
  /** Monotonic milliseconds. */
  readonly until: number;
}

/** Bounds of {@link Remembered}. */
export interface Remembers {
  /** Milliseconds for which a value is taken without another look, from the look on. */
  readonly forMs: number;
  /** Maximum number of values. */
  readonly entries: number;
}

/**
 * Values that are looked up by one statement for all requests of a tick, and cached briefly. A key
 * without a value is never cached, so that something new works as soon as its event is here.
 */
export class Remembered<Value extends object> {
  private readonly kept: LRUCache<string, Kept<Value>>;
  private readonly together = new AskedTogether((keys: readonly string[]) => this.look(keys));

  /** @param read values of distinct keys */
  constructor(
    private readonly read: (keys: readonly string[]) => Promise<Found<Value>>,
    private readonly bounds: Remembers,
  ) {
    this.kept = new LRUCache({ max: bounds.entries });
  }

  /** Value of a key, synchronously if it is cached. */
  get(key: string): Value | Promise<Value | undefined> {
    const kept = this.kept.get(key);
    if (kept !== undefined && performance.now() < kept.until) return kept.value;
    return this.together.ask([key]).then((found) => found.get(key));
  }

  private async look(keys: readonly string[]): Promise<Found<Value>> {
    // Before the look: what is read is no older.
    const until = performance.now() + this.bounds.forMs;
    const found = await this.read([...new Set(keys)]);
    for (const [key, value] of found) this.kept.set(key, { value, until });
    return found;
  }
}
