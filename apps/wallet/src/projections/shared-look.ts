import { Batcher } from '@tokengrid/event-store';

/** Looks many things up at once: whoever asks in the same turn of the event loop shares one query. */
export class SharedLook<Found> {
  private readonly asked = new Batcher(async (keys: readonly string[]) => {
    const found = await this.find([...new Set(keys)]);
    return keys.map((key) => found.get(key));
  });

  constructor(private readonly find: (keys: readonly string[]) => Promise<ReadonlyMap<string, Found>>) {}

  /** What is found under a key, if anything. */
  of(key: string): Promise<Found | undefined> {
    return this.asked.add(key);
  }
}
