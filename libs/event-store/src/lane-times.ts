import type { StorageClock } from './storage-clock.ts';

export interface LaneTimesOptions {
  readonly clock: StorageClock;
  /** Maximum lead of a lane before it is reported. */
  readonly mostMs: number;
  /** Called at each check with a lane's lead; 0 if it is not ahead. */
  readonly ahead: (lane: number, milliseconds: number) => void;
}

/**
 * Lanes ahead of the storage clock: the clock was stepped back, or an older build used a process'
 * clock.
 */
export class LaneTimes {
  /** Time of the last event of each lane that is ahead. */
  private readonly later = new Map<number, number>();

  constructor(private readonly options: LaneTimesOptions) {}

  /** Takes the times of the lanes' last events, in lane order. */
  take(times: readonly (number | undefined)[]): void {
    const { clock, mostMs, ahead } = this.options;
    times.forEach((time, lane) => {
      if (time === undefined) return;
      const by = time - clock.now();
      if (by > mostMs) this.later.set(lane, time);
      else this.later.delete(lane);
      ahead(lane, Math.max(0, by));
    });
  }

  /** A sentence per lane that is ahead. */
  warnings(): readonly string[] {
    const now = this.options.clock.now();
    return [...this.later].map(
      ([lane, time]) =>
        `lane ${lane} is ${Math.ceil((time - now) / 1000)} s ahead of the database's clock: its time stands still until the clock has caught up (docs/runbooks/lane-ahead-of-the-clock.md)`,
    );
  }
}
