import { Batcher } from '@tokengrid/event-store';

/** Batches look-ups: all requests of a turn of the event loop share one query. */
export class SharedLook<Found> {
  private readonly asked = new Batcher(async (keys: readonly string[]) => {
    const found = await this.find([...new Set(keys)]);
    return keys.map((key) => found.get(key));
  });

  constructor(private readonly find: (keys: readonly string[]) => Promise<ReadonlyMap<string, Found>>) {}

  /** Value of a key, if any. */
  of(key: string): Promise<Found | undefined> {
    return this.asked.add(key);
  }
}
