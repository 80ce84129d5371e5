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

/** A dead holder is replaced as soon as its time to live is over: the others know when that is. */
export const defaultLeaseTerms: LeaseTerms = { ttlMs: 1600, renewEveryMs: 600 };

/** How long after a holder has fallen silent for its time to live the others look whether it has. */
const afterAnEndMs = 10;

/** What a holder is told when it says that it is alive. */
export interface Beat {
  /** All of the wanted leases that it holds now. */
  readonly held: readonly Lease[];
  /** Number of living holders, itself included. */
  readonly living: number;
  /** In how many milliseconds the first of the others falls silent, if it does; `undefined` without others. */
  readonly endsInMs: number | undefined;
  /** The storage's clock; epoch milliseconds. */
  readonly now: number;
}

/** What a holder is told that hardly expects any change: enough to see one. */
export interface Renewal extends Pick<Beat, 'living' | 'now' | 'endsInMs'> {
  /** Number of leases that it holds. */
  readonly held: number;
  /** Sum of their epochs. */
  readonly epochs: number;
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
  /** Says that a holder goes on living for `ttlMs` from now, and takes nothing; `undefined` for one that is not known. */
  renew(holder: string, ttlMs: number): Promise<Renewal | undefined>;
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
 * when it could not say so in time. One statement per beat, however many leases there are, and a small one while nothing changes. Each beat
 * tells the storage's clock, too: a process whose own clock does not agree with it takes no leases, and gives up those that it holds.
 */
export class LeaseKeeper {
  private readonly wanted = new Map<string, LeaseListener>();
  private readonly held = new Map<string, Lease>();
  /** Of those held, the ones that others could have had meanwhile. */
  private readonly doubted = new Set<string>();
  /** Monotonic time until which other processes are sure to leave our leases alone. */
  private validUntil = 0;
  /** How all stood when there was nothing left to take or to give back. */
  private settled: Pick<Renewal, 'living' | 'held' | 'epochs'> | undefined;
  /** In how many milliseconds the first of the other holders fell silent, when that was asked last. */
  private endsInMs: number | undefined;
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
    this.settled = undefined;
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
    const { renewEveryMs } = this.terms;
    const waitMs = this.endsInMs === undefined ? renewEveryMs : Math.min(renewEveryMs, this.endsInMs + afterAnEndMs);
    this.timer = setTimeout(() => {
      this.beating = this.beat().finally(() => this.schedule());
    }, waitMs);
  }

  private async beat(): Promise<void> {
    let started = performance.now();
    this.endsInMs = undefined;
    if (started >= this.validUntil) this.doubtAll();
    try {
      // A process that starts, or whose clock was wrong, looks at the time before it takes anything.
      if (this.clock.trouble !== undefined && !(await this.isClockRight())) return;
      if (this.settled) {
        if (await this.renews(this.settled, started)) return;
        started = performance.now();
      }
      const asked = this.clock.asks();
      const { living, now, held, endsInMs } = await this.table.beat(this.holder, this.terms.ttlMs, [
        ...this.wanted.keys(),
      ]);
      this.clock.take(now, asked);
      this.endsInMs = endsInMs;
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

  /** @returns whether that is all: all stands as it stood */
  private async renews(settled: Pick<Renewal, 'living' | 'held' | 'epochs'>, started: number): Promise<boolean> {
    const asked = this.clock.asks();
    const told = await this.table.renew(this.holder, this.terms.ttlMs);
    if (told) this.clock.take(told.now, asked);
    if (this.clock.trouble !== undefined) {
      await this.leave();
      return true;
    }
    // It took so long that others could have had our leases meanwhile.
    if (performance.now() >= this.validUntil) this.doubtAll();
    // Only this process takes leases for its holder, and an epoch only grows: with the same number and sum, they are the same leases.
    const isSame =
      this.settled !== undefined &&
      told?.living === settled.living &&
      told.held === settled.held &&
      told.epochs === settled.epochs;
    if (!isSame) return false;
    this.endsInMs = told.endsInMs;
    this.validUntil = started + this.terms.ttlMs;
    return true;
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
    this.settled = undefined;
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
    const epochs = holding.reduce((sum, { epoch }) => sum + epoch, 0);
    // One that holds less than its share looks for more.
    this.settled = holding.length === share ? { living, held: holding.length, epochs } : undefined;
  }

  private lose(name: string): void {
    const lease = this.held.get(name);
    this.held.delete(name);
    this.doubted.delete(name);
    if (lease) this.wanted.get(name)?.lost(lease);
  }

  private doubtAll(): void {
    this.settled = undefined;
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
