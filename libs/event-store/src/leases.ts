import { ComparedClock } from './storage-clock.ts';

/** A lease held: since the `epoch`-th change of holder. Who acts under it says so with what it writes. */
export interface Lease {
  readonly name: string;
  readonly epoch: number;
}

export interface LeaseTerms {
  /** How long a holder that falls silent keeps its leases. */
  readonly ttlMs: number;
  /** How often a holder says that it is alive, and looks for leases that are free. */
  readonly renewEveryMs: number;
}

/** A dead holder is replaced within ttl + renewal: 1.8 s. */
export const defaultLeaseTerms: LeaseTerms = { ttlMs: 1400, renewEveryMs: 400 };

/** What a holder is told when it says that it is alive. */
export interface Beat {
  /** All of the wanted leases that it holds now. */
  readonly held: readonly Lease[];
  /** Number of living holders, itself included. */
  readonly living: number;
  /** The storage's clock; epoch milliseconds. */
  readonly now: number;
}

/** Where leases are kept. Every method is one statement of the storage's own clock. */
export interface LeaseTable {
  /** The storage's clock; epoch milliseconds. */
  now(): Promise<number>;
  /**
   * Says that a holder is alive for `ttlMs` from now, forgets holders long dead, and gives it of the leases that it wants those that no
   * living holder has, up to its share of them.
   */
  beat(holder: string, ttlMs: number, wanted: readonly string[]): Promise<Beat>;
  /** Gives `holder` up to `most` of the named leases that no living holder has. Returns all of the named that it now holds. */
  take(holder: string, names: readonly string[], most: number): Promise<readonly Lease[]>;
  release(holder: string, names: readonly string[]): Promise<void>;
  /** Gives all its leases back, and says that it lives no more. */
  leave(holder: string): Promise<void>;
}

/** How many of the leases that all living holders want one of them may hold. */
export const shareOf = (wanted: number, living: number): number => Math.ceil(wanted / Math.max(1, living));

export interface LeaseListener {
  acquired(lease: Lease): void;
  lost(lease: Lease): void;
  /**
   * It could not be sure of the lease for a moment, but nobody else has had it since. Whoever does not listen is told `lost`, then
   * `acquired`. To begin anew costs time, and on a machine so busy that terms run out there is none: who can go on should.
   */
  kept?(lease: Lease): void;
}

/**
 * Holds leases for one process: says that it lives, takes what nobody living holds, up to a fair share, and lets go of what it holds
 * when it could not say so in time. One statement per beat, however many leases there are. Each beat tells the storage's clock, too: a
 * process whose own clock does not agree with it takes no leases, and gives up those that it holds.
 */
export class LeaseKeeper {
  private readonly wanted = new Map<string, LeaseListener>();
  private readonly held = new Map<string, Lease>();
  /** Of those held, the ones that others could have had meanwhile. */
  private readonly doubted = new Set<string>();
  /** Monotonic time until which other processes are sure to leave our leases alone. */
  private validUntil = 0;
  private timer: NodeJS.Timeout | undefined;
  private beating: Promise<void> | undefined;
  private closed = false;

  constructor(
    private readonly table: LeaseTable,
    /** Names this process; unique among all that share the table. */
    readonly holder: string,
    private readonly terms: LeaseTerms,
    private readonly onError: (error: unknown) => void,
    readonly clock = new ComparedClock(),
  ) {}

  /** Wants a lease from now on: takes it whenever it is free. */
  want(name: string, listener: LeaseListener): void {
    this.wanted.set(name, listener);
  }

  /** The lease, if this process holds it at this moment. */
  lease(name: string): Lease | undefined {
    if (performance.now() >= this.validUntil) return undefined;
    return this.held.get(name);
  }

  async start(): Promise<void> {
    await this.beat();
    this.schedule();
  }

  private schedule(): void {
    if (this.closed) return;
    this.timer = setTimeout(() => {
      this.beating = this.beat().finally(() => this.schedule());
    }, this.terms.renewEveryMs);
  }

  private async beat(): Promise<void> {
    const started = performance.now();
    if (started >= this.validUntil) this.doubtAll();
    try {
      // A process that starts, or whose clock was wrong, looks at the time before it takes anything.
      if (this.clock.trouble !== undefined && !(await this.isClockRight())) return;
      const asked = this.clock.asks();
      const { living, now, held } = await this.table.beat(this.holder, this.terms.ttlMs, [...this.wanted.keys()]);
      this.clock.take(now, asked);
      if (this.clock.trouble !== undefined) return await this.leave();
      // It took so long that others could have had our leases meanwhile: who acts under one has to begin anew.
      if (performance.now() >= this.validUntil) this.doubtAll();
      // Counted from before the statement, so that we stop believing before others start to doubt.
      this.validUntil = started + this.terms.ttlMs;
      await this.balance(living, held);
    } catch (error) {
      this.onError(error);
    }
  }

  private async isClockRight(): Promise<boolean> {
    const asked = this.clock.asks();
    this.clock.take(await this.table.now(), asked);
    return this.clock.trouble === undefined;
  }

  /** Holds nothing any more, so that others can at once. */
  private async leave(): Promise<void> {
    this.loseAll();
    this.validUntil = 0;
    await this.table.leave(this.holder);
  }

  private async balance(living: number, given: readonly Lease[]): Promise<void> {
    const share = shareOf(this.wanted.size, living);
    const excess = new Set([...this.held.keys()].slice(share));
    const holding = given.filter(({ name }) => !excess.has(name));
    if (excess.size > 0) {
      for (const name of excess) this.lose(name);
      await this.table.release(this.holder, [...excess]);
    }
    const names = new Set(holding.map((lease) => lease.name));
    for (const name of [...this.held.keys()]) if (!names.has(name)) this.lose(name);
    for (const lease of holding) {
      const before = this.held.get(lease.name);
      if (before?.epoch === lease.epoch) {
        // The epoch counts holders: nobody was in between.
        if (this.doubted.delete(lease.name)) this.wanted.get(lease.name)?.kept?.(lease);
        continue;
      }
      if (before) this.lose(lease.name);
      this.held.set(lease.name, lease);
      this.wanted.get(lease.name)?.acquired(lease);
    }
  }

  private lose(name: string): void {
    const lease = this.held.get(name);
    this.held.delete(name);
    this.doubted.delete(name);
    if (lease) this.wanted.get(name)?.lost(lease);
  }

  private doubtAll(): void {
    for (const name of [...this.held.keys()]) {
      if (this.wanted.get(name)?.kept) this.doubted.add(name);
      else this.lose(name);
    }
  }

  private loseAll(): void {
    for (const name of [...this.held.keys()]) this.lose(name);
  }

  /** Gives all leases back, so that others need not wait for them to run out. */
  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    await this.beating;
    await this.leave().catch(this.onError);
  }
}
