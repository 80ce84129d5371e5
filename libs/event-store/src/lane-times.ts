import type { LaneStorage } from './storage.ts';
import type { StorageClock } from './storage-clock.ts';

export interface LaneTimesOptions {
  readonly storage: Pick<LaneStorage, 'laneTimes'>;
  readonly clock: StorageClock;
  readonly everyMs: number;
  /** How far a lane may be ahead before somebody is told. */
  readonly mostMs: number;
  /** Told at each look by how much a lane is ahead; 0 for one that is not. */
  readonly ahead: (lane: number, milliseconds: number) => void;
}

/** Which lanes are ahead of the storage's clock: it was stepped back, or an older build let a process' clock decide. */
export class LaneTimes {
  /** By lane: the time of its last event, where that is ahead. */
  private readonly later = new Map<number, number>();
  private readAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: LaneTimesOptions) {}

  /** Looks, unless it did a short while ago. */
  async look(): Promise<void> {
    const { storage, clock, everyMs, mostMs, ahead } = this.options;
    if (performance.now() - this.readAt < everyMs) return;
    this.readAt = performance.now();
    const times = await storage.laneTimes();
    times.forEach((time, lane) => {
      const by = time - clock.now();
      if (by > mostMs) this.later.set(lane, time);
      else this.later.delete(lane);
      ahead(lane, Math.max(0, by));
    });
  }

  /** A sentence for each lane that is ahead. */
  warnings(): readonly string[] {
    const now = this.options.clock.now();
    return [...this.later].map(
      ([lane, time]) =>
        `lane ${lane} is ${Math.ceil((time - now) / 1000)} s ahead of the database's clock: time stands still in it until the clock has caught up (docs/runbooks/lane-ahead-of-the-clock.md)`,
    );
  }
}
