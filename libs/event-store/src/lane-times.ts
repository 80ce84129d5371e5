import type { StorageClock } from './storage-clock.ts';

export interface LaneTimesOptions {
  readonly clock: StorageClock;
  /** How far a lane may be ahead before somebody is told. */
  readonly mostMs: number;
  /** Told at each look by how much a lane is ahead; 0 for one that is not. */
  readonly ahead: (lane: number, milliseconds: number) => void;
}

/** Which lanes are ahead of the storage's clock: it was stepped back, or an older build let a process' clock decide. */
export class LaneTimes {
  /** By lane: the time of its last event, where that is ahead. */
  private readonly later = new Map<number, number>();

  constructor(private readonly options: LaneTimesOptions) {}

  /** Takes the times of the lanes' last events, in the order of the lanes. */
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

  /** A sentence for each lane that is ahead. */
  warnings(): readonly string[] {
    const now = this.options.clock.now();
    return [...this.later].map(
      ([lane, time]) =>
        `lane ${lane} is ${Math.ceil((time - now) / 1000)} s ahead of the database's clock: time stands still in it until the clock has caught up (docs/runbooks/lane-ahead-of-the-clock.md)`,
    );
  }
}
