/**
 * The time that a service goes by: its storage's clock, which all of its processes share and which its lanes count by. A process' own
 * clock decides nothing. An abstract class so that Nest can inject by it.
 */
export abstract class StorageClock {
  /** Epoch milliseconds. */
  abstract now(): number;
}

/** A process whose clock differs from its storage's by more serves no commands and holds no leases. */
export const defaultMaxClockSkewMs = 2000;

/** Bounds and listeners of {@link ComparedClock}. */
export interface ComparedClockOptions {
  /** The process' own clock; epoch milliseconds. */
  readonly own?: () => number;
  readonly maxSkewMs?: number;
  /** Told of every comparison: by how much the own clock is ahead, in milliseconds. */
  readonly compared?: (skewMs: number) => void;
  /** Told why the process may not serve, and `undefined` once it may again. */
  readonly changed?: (trouble: string | undefined) => void;
}

/** When a reading was asked for. */
export interface AskedAt {
  /** Monotonic milliseconds. */
  readonly at: number;
}

/**
 * The storage's clock as one process knows it: its last readings, and the monotonic time that has passed since. Tells whether the process'
 * own clock agrees with it. That one may step; this one follows the storage's alone.
 */
export class ComparedClock extends StorageClock {
  private reading: { readonly time: number; readonly at: number } | undefined;
  private reason: string | undefined = "the clock of this process has not been compared with the database's yet";
  private readonly own: () => number;
  private readonly maxSkewMs: number;

  constructor(private readonly options: ComparedClockOptions = {}) {
    super();
    this.own = options.own ?? (() => Date.now());
    this.maxSkewMs = options.maxSkewMs ?? defaultMaxClockSkewMs;
  }

  /** The process' own clock before any reading, when nothing is served yet. */
  override now(): number {
    return this.reading ? Math.floor(this.reading.time + performance.now() - this.reading.at) : this.own();
  }

  /** Why this process may not serve; `undefined` while its clock is right. */
  get trouble(): string | undefined {
    return this.reason;
  }

  /** To be called before the storage is asked, for {@link take}. */
  asks(): AskedAt {
    return { at: performance.now() };
  }

  /**
   * Takes a reading of the storage's clock that has just arrived. It was taken at some time since it was asked for, so the storage's time
   * lies between the reading and what has passed since; what was known before is corrected no further than into that.
   */
  take(time: number, { at: askedAt }: AskedAt): void {
    const at = performance.now();
    const own = this.own();
    const known = this.reading ? this.reading.time + at - this.reading.at : own;
    const now = Math.min(Math.max(known, time), time + at - askedAt);
    this.reading = { time: now, at };
    const skewMs = own - now;
    this.options.compared?.(skewMs);
    this.settle(skewMs);
  }

  private settle(skewMs: number): void {
    const was = this.reason;
    this.reason = Math.abs(skewMs) > this.maxSkewMs ? this.sentence(skewMs) : undefined;
    if ((was === undefined) !== (this.reason === undefined)) this.options.changed?.(this.reason);
  }

  private sentence(skewMs: number): string {
    const by = `${(Math.abs(skewMs) / 1000).toFixed(1)} s ${skewMs > 0 ? 'ahead of' : 'behind'}`;
    return `the clock of this process is ${by} the database's: no commands are taken until it is right`;
  }
}
