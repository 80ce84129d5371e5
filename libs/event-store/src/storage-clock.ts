/**
 * Clock of a service: its storage's clock, shared by all its processes and used by its lanes. A
 * process' own clock decides nothing. An abstract class, so that Nest can inject it.
 */
export abstract class StorageClock {
  /** Epoch milliseconds. */
  abstract now(): number;
  /**
   * Reason why this process' own clock can't be trusted, by which libraries reckon; `undefined`
   * while it agrees.
   */
  abstract readonly trouble?: string | undefined;
}

/** Maximum offset of a process' clock; beyond it, it serves no commands and holds no leases. */
const defaultMaxClockSkewMs = 2000;

/** Limits and listeners of {@link ComparedClock}. */
export interface ComparedClockOptions {
  /** The process' own clock; epoch milliseconds. */
  readonly own?: () => number;
  readonly maxSkewMs?: number;
  /** Called after every comparison with the own clock's lead, in milliseconds. */
  readonly compared?: (skewMs: number) => void;
  /** Called with the reason for not serving, and with `undefined` once it is gone. */
  readonly changed?: (trouble: string | undefined) => void;
}

/** Time at which a reading was requested. */
export interface AskedAt {
  /** Monotonic milliseconds. */
  readonly at: number;
}

/**
 * The storage clock as one process knows it: its last readings plus the monotonic time since. It
 * tells whether the process' own clock, which may step, agrees.
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

  override get trouble(): string | undefined {
    return this.reason;
  }

  /** Start of a request to the storage, for {@link take}. */
  asks(): AskedAt {
    return { at: performance.now() };
  }

  /**
   * Takes a reading of the storage clock. The reading was made after the request, so the storage's
   * time lies between the reading and the reading plus the elapsed time; the estimate is corrected
   * only into that range.
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
    return `the clock of this process is ${by} the database's: no commands are served until it is corrected`;
  }
}
