import { ComparedClock } from './storage-clock.ts';

/** A held lease, since the `epoch`-th change of holder. Writes under it carry the epoch. */
export interface Lease {
  readonly name: string;
  readonly epoch: number;
}

export interface LeaseTerms {
  /** Time to live of a silent holder's leases. */
  readonly ttlMs: number;
  /** Interval of a holder's beats, each of which also takes free leases. */
  readonly renewEveryMs: number;
}

/**
 * Terms by which a dead holder is replaced as soon as its time to live is over: the others know
 * that moment. The second of two beats still comes in time if the first one is lost, and each of
 * them costs an idle stack a commit.
 */
export const defaultLeaseTerms: LeaseTerms = { ttlMs: 1600, renewEveryMs: 750 };

/** Delay after the end of a holder's time to live, after which the others check it. */
const afterAnEndMs = 10;
/** Part of a time to live for which a lease that is handed over waits for work under it. */
const handoverShare = 1 / 4;

/** Answer to a beat. */
export interface Beat {
  /** All wanted leases that the holder has now. */
  readonly held: readonly Lease[];
  /** Number of living holders, itself included. */
  readonly living: number;
  /** Milliseconds until the first of the other holders expires; `undefined` without others. */
  readonly endsInMs: number | undefined;
  /** The storage's clock; epoch milliseconds. */
  readonly now: number;
}

/** Answer to a renewal: enough to notice a change. */
export interface Renewal extends Pick<Beat, 'living' | 'now' | 'endsInMs'> {
  /** Number of leases held. */
  readonly held: number;
  /** Sum of their epochs. */
  readonly epochs: number;
}

/** Table of leases. Every method is one statement, by the storage clock. */
export interface LeaseTable {
  /** The storage's clock; epoch milliseconds. */
  now(): Promise<number>;
  /**
   * Extends a holder's life by `ttlMs`, removes holders that are long dead, and gives it free
   * leases among those it wants, up to its share.
   */
  beat(holder: string, ttlMs: number, wanted: readonly string[]): Promise<Beat>;
  /** Extends a holder's life by `ttlMs` and takes nothing; `undefined` for an unknown holder. */
  renew(holder: string, ttlMs: number): Promise<Renewal | undefined>;
  /**
   * Gives `holder` up to `most` of the named leases that no living holder has. Returns all of the
   * named leases that it holds then.
   */
  take(holder: string, names: readonly string[], most: number): Promise<readonly Lease[]>;
  release(holder: string, names: readonly string[]): Promise<void>;
  /** Releases all its leases, and ends its life. */
  leave(holder: string): Promise<void>;
}

/** Fair share of one holder in the leases that all living holders want. */
export const shareOf = (wanted: number, living: number): number => Math.ceil(wanted / Math.max(1, living));

export interface LeaseListener {
  acquired(lease: Lease): void;
  lost(lease: Lease): void;
  /**
   * Called if the lease was in doubt for a moment but nobody else had it. Without this listener,
   * `lost` and `acquired` are called. Restarting costs time, which a machine too busy to renew does
   * not have: a listener that can continue should.
   */
  kept?(lease: Lease): void;
  /**
   * Resolves once no work under a lost lease is under way. A lease is handed over after that, or
   * after a while.
   */
  idle?(): Promise<void>;
}

/**
 * Holds leases for one process: beats, takes free leases up to a fair share, and gives up its
 * leases if a beat was late. A beat is one statement for any number of leases, and a small one
 * while nothing changes.
 *
 * Each beat also reads the storage clock: a process whose own clock does not agree takes no leases
 * and releases its own.
 */
export class LeaseKeeper {
  private readonly wanted = new Map<string, LeaseListener>();
  private readonly held = new Map<string, Lease>();
  /** Held leases that another holder may have had meanwhile. */
  private readonly doubted = new Set<string>();
  /** Monotonic time until which other processes certainly leave our leases alone. */
  private validUntil = 0;
  /** State at which no lease was left to take or to release. */
  private settled: Pick<Renewal, 'living' | 'held' | 'epochs'> | undefined;
  /** Milliseconds until the first other holder expires, at the last beat. */
  private endsInMs: number | undefined;
  private timer: NodeJS.Timeout | undefined;
  private beating: Promise<void> | undefined;
  private closed = false;

  constructor(
    private readonly table: LeaseTable,
    /** Name of this process; unique among all that share the table. */
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

  /** The lease, if this process holds it now. */
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
      // A process that starts, or whose clock was wrong, checks the time before it takes leases.
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
      // The beat took so long that others could have had our leases: work under a lease has to
      // restart.
      if (performance.now() >= this.validUntil) this.doubtAll();
      // Counted from before the statement, so that our belief ends before others' doubt begins.
      this.validUntil = started + this.terms.ttlMs;
      await this.balance(living, held);
    } catch (error) {
      this.onError(error);
    }
  }

  /** @returns whether the state is unchanged */
  private async renews(settled: Pick<Renewal, 'living' | 'held' | 'epochs'>, started: number): Promise<boolean> {
    const asked = this.clock.asks();
    const told = await this.table.renew(this.holder, this.terms.ttlMs);
    if (told) this.clock.take(told.now, asked);
    if (this.clock.trouble !== undefined) {
      await this.leave();
      return true;
    }
    // The renewal took so long that others could have had our leases.
    if (performance.now() >= this.validUntil) this.doubtAll();
    // Only this process takes leases for its holder, and an epoch only grows: the same number and
    // sum mean the same leases.
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

  /** Releases everything, so that others can take it at once. */
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
      await this.untilIdle(excess);
      await this.table.release(this.holder, [...excess]);
    }
    const names = new Set(holding.map((lease) => lease.name));
    for (const name of [...this.held.keys()]) if (!names.has(name)) this.lose(name);
    for (const lease of holding) {
      const before = this.held.get(lease.name);
      if (before?.epoch === lease.epoch) {
        // The epoch counts holders: nobody had it in between.
        if (this.doubted.delete(lease.name)) this.wanted.get(lease.name)?.kept?.(lease);
        continue;
      }
      if (before) this.lose(lease.name);
      this.held.set(lease.name, lease);
      this.wanted.get(lease.name)?.acquired(lease);
    }
    const epochs = holding.reduce((sum, { epoch }) => sum + epoch, 0);
    // With less than its share, it keeps looking.
    this.settled = holding.length === share ? { living, held: holding.length, epochs } : undefined;
  }

  private lose(name: string): void {
    const lease = this.held.get(name);
    this.held.delete(name);
    this.doubted.delete(name);
    if (lease) this.wanted.get(name)?.lost(lease);
  }

  private async untilIdle(names: Iterable<string>): Promise<void> {
    const { promise: passed, resolve: pass } = Promise.withResolvers<void>();
    const timer = setTimeout(pass, this.terms.ttlMs * handoverShare);
    await Promise.race([passed, Promise.all([...names].flatMap((name) => this.wanted.get(name)?.idle?.() ?? []))]);
    clearTimeout(timer);
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

  /** Releases all leases, so that others need not wait for them to expire. */
  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    await this.beating;
    await this.leave().catch(this.onError);
  }
}
