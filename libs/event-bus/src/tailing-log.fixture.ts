import { InMemoryLog, type LogRecord, type ReadOptions } from '@tokengrid/event-store';
import type { Tail, TailingLog } from './tailing-log.ts';

/** A log in memory that can be followed, and counts fetched records. */
export class FollowedLog extends InMemoryLog implements TailingLog {
  /** Number of records passed to all tails. */
  fetched = 0;
  /** Lanes of each fetch. */
  readonly asked: (readonly number[])[] = [];
  openTails = 0;

  tail(topic: string): Tail {
    this.openTails += 1;
    const closing = new AbortController();
    return {
      next: async (positions, options) => {
        this.asked.push([...positions.keys()].sort());
        let found = await this.whatIsThere(topic, positions);
        if (found.size === 0) {
          const signals = [closing.signal, ...(options.signal ? [options.signal] : [])];
          await this.untilNews(topic, positions, { ...options, signal: AbortSignal.any(signals) });
          found = await this.whatIsThere(topic, positions);
        }
        for (const records of found.values()) this.fetched += records.length;
        return found;
      },
      close: () => {
        this.openTails -= 1;
        closing.abort();
      },
    };
  }

  private async whatIsThere(topic: string, positions: ReadonlyMap<number, number>) {
    const found = new Map<number, readonly LogRecord[]>();
    for (const [lane, offset] of positions) {
      const records = await this.read(topic, lane, offset, { maxBytes: 1, maxWaitMs: 0 });
      // Each fetch creates new records.
      if (records.length > 0)
        found.set(
          lane,
          records.map((record) => ({ ...record })),
        );
    }
    return found;
  }

  private async untilNews(topic: string, positions: ReadonlyMap<number, number>, options: ReadOptions): Promise<void> {
    const over = new AbortController();
    const end = () => over.abort();
    options.signal?.addEventListener('abort', end);
    if (options.signal?.aborted) end();
    const waits = [...positions].map(([lane, offset]) =>
      this.read(topic, lane, offset, { ...options, signal: over.signal }),
    );
    await Promise.race(waits);
    end();
    await Promise.allSettled(waits);
  }
}
