import { InvalidEvent } from '@tokengrid/contracts';
import { type Aggregate, type DomainEvent, systemStreamId } from '@tokengrid/kernel';
import { BatchWork } from './batch-work.ts';
import { IdempotencyKeyReused, LaneStopped, StoreUnavailable } from './command.ts';
import { wantedStream } from './fold-stream.ts';
import { StreamCache } from './stream-cache.ts';
import type { LaneHead, LockedLane, StoredCommand, StreamState, WantedStream } from './storage.ts';
import type { LaneOptions, Pending } from './lane-options.ts';

/**
 * Maximum number of another process' events that are folded onto cached states; reloading is
 * cheaper beyond. A batch of a thousand commands stores some two thousand events, in whichever
 * lanes.
 */
const mostFollowed = 5000;

/**
 * Unit of order and of scale: a queue of commands, and the decision of a batch of them. All state
 * that outlives a batch is a cache of Postgres.
 */
export class Lane {
  private readonly callers: Pending[] = [];
  /** Queue of commands from policies. */
  private readonly reactions: Pending[] = [];
  /** Head after this process' last transaction: while it is unchanged, cached states are valid. */
  private knownHead: LaneHead | undefined;
  private stopReason: string | undefined;
  /** Highest sequence known to be stored. */
  private seen = 0;
  private readonly systemStream: string;
  private readonly cache: StreamCache;

  constructor(private readonly options: LaneOptions) {
    this.cache = new StreamCache(options.maxCachedStreams);
    this.systemStream = systemStreamId(options.lane, options.storage.lanes);
  }

  get index(): number {
    return this.options.lane;
  }

  get waiting(): number {
    return this.callers.length + this.reactions.length;
  }

  submit(pending: Pending): void {
    if (this.stopReason !== undefined) {
      pending.fail(new LaneStopped(this.options.lane, this.stopReason));
      return;
    }
    (pending.command.causationId === undefined ? this.callers : this.reactions).push(pending);
    this.options.ready();
  }

  /** Refuses waiting and new commands, until {@link resume}. */
  stop(reason: string): void {
    this.stopReason = reason;
    for (const pending of [...this.callers.splice(0), ...this.reactions.splice(0)])
      pending.fail(new LaneStopped(this.options.lane, reason));
  }

  resume(): void {
    this.stopReason = undefined;
    this.knownHead = undefined;
    this.seen = 0;
  }

  /**
   * Highest sequence known to be stored or published: a database that ends before it is another
   * one.
   */
  get knownSequence(): number {
    return Math.max(this.seen, this.options.publishedSequence());
  }

  /** Records the lane's end as read from storage. */
  see(sequence: number): void {
    this.seen = Math.max(this.seen, sequence);
  }

  get stoppedBecause(): string | undefined {
    return this.stopReason;
  }

  /**
   * Takes the oldest commands out of the queue. Callers' commands go before those of policies, of
   * which a log that is read again yields very many; a quarter is kept for these, so that they
   * progress under any load.
   */
  cut(most: number): Pending[] {
    const kept = Math.min(this.reactions.length, Math.ceil(most / 4));
    const taken = this.callers.splice(0, Math.max(1, most - kept));
    taken.push(...this.reactions.splice(0, most - taken.length));
    const wanted = taken.filter((pending) => !pending.abandoned);
    for (const { command } of wanted) command.taken?.();
    return wanted;
  }

  /** Invalidates the cache: the effect of a failed transaction is unknown. */
  forgetHead(): void {
    this.knownHead = undefined;
  }

  /** True if another process is known to have stored events. */
  isOvertaken({ head }: LockedLane): boolean {
    const { knownHead } = this;
    return knownHead?.hash !== head.hash || knownHead.sequence !== head.sequence;
  }

  /** Brings cached states up to date under the lane's lock. */
  async catchUp(locked: LockedLane): Promise<void> {
    const { knownHead } = this;
    this.refuseOlderDatabase(locked.head);
    if (!this.isOvertaken(locked)) return;
    const since = knownHead && (await locked.eventsSince(knownHead, mostFollowed));
    if (since) this.cache.follow(since);
    else this.cache.clear();
    this.knownHead = locked.head;
    this.see(locked.head.sequence);
  }

  /** Decides a batch under the lane's lock, after catching up. */
  async decide(locked: LockedLane, batch: readonly Pending[]): Promise<BatchWork> {
    const work = new BatchWork(this.options, this.options.catalogue.events, locked);
    await this.load(locked, batch, work);
    this.decideAll(batch, work);
    return work;
  }

  /** Updates the cache after the commit, and reports the batch. */
  finish(work: BatchWork, commands: number, milliseconds: number): void {
    this.knownHead = work.head;
    this.see(work.head.sequence);
    for (const [streamId, { fold }] of work.wanted) {
      const state = work.states.get(streamId);
      if (state) this.cache.set(streamId, state, fold);
    }
    const { chained, recorded } = work;
    const repeats = work.repeats.length;
    this.options.committed({ lane: this.options.lane, commands, repeats, chained, recorded, milliseconds });
    for (const { pending, stored, events } of work.taken) pending.settle({ stored, events });
    for (const { pending, stored } of work.repeats) this.settleRepeat(pending, stored);
    for (const { pending, error } of work.refused) {
      if (error instanceof InvalidEvent) this.options.invalid(pending.command.streamId, error);
      pending.fail(error);
    }
  }

  /** Fails the one command that the storage refuses, or answers it with its earlier outcome. */
  async settleCulprit(culprit: Pending, error: Error): Promise<void> {
    // A transaction with an unknown end may have stored the id: then it is a repeat, not a fault.
    try {
      const commandIds = [culprit.command.id];
      const known = await this.options.storage.commandsOf([{ lane: this.options.lane, commandIds }]);
      const stored = known.get(culprit.command.id);
      if (stored) this.settleRepeat(culprit, stored);
      else culprit.fail(error);
    } catch (outage) {
      this.options.failed(outage);
      // The culprit can't be identified now; a repeat will be.
      culprit.fail(new StoreUnavailable('the database failed before it was known whether this can be stored'));
    }
  }

  private settleRepeat(pending: Pending, stored: StoredCommand): void {
    const { inputHash, id } = pending.command;
    if (inputHash !== undefined && stored.inputHash !== undefined && inputHash !== stored.inputHash) {
      pending.fail(new IdempotencyKeyReused(id));
    } else {
      pending.settle({ stored, events: undefined });
    }
  }

  private refuseOlderDatabase({ sequence }: LaneHead): void {
    const known = this.knownSequence;
    if (sequence >= known) return;
    const reason = olderDatabase(sequence, known);
    this.options.behind(reason);
    throw new LaneStopped(this.options.lane, reason);
  }

  private async load(locked: LockedLane, batch: readonly Pending[], work: BatchWork): Promise<void> {
    const { system } = this.options;
    const missing: WantedStream[] = [];
    const want = (streamId: string, aggregate: Aggregate<unknown, DomainEvent>) => {
      const wanted = wantedStream(streamId, aggregate, this.options.catalogue);
      work.wanted.set(streamId, wanted);
      const cached = this.cache.get(streamId);
      if (cached) work.states.set(streamId, cached);
      else missing.push(wanted);
    };
    if (system) want(this.systemStream, system);
    for (const { command, aggregate } of batch) {
      if (!work.wanted.has(command.streamId)) want(command.streamId, aggregate);
    }
    if (missing.length === 0) return;
    const found = await locked.statesOf(missing);
    for (const { streamId } of missing) {
      const state = found.get(streamId);
      const failure = state instanceof Error ? state : undefined;
      if (failure) work.unloaded.set(streamId, failure);
      else if (state) work.states.set(streamId, state as StreamState);
      this.options.loaded(streamId, failure);
    }
  }

  private decideAll(batch: readonly Pending[], work: BatchWork): void {
    const { system } = this.options;
    for (const pending of batch) {
      const stored = work.known.get(pending.command.id);
      if (stored) {
        work.repeats.push({ pending, stored });
        continue;
      }
      try {
        work.decide(pending, this.systemStream, system);
      } catch (error) {
        work.refused.push({ pending, error: error as Error });
      }
    }
  }
}

/** Reason for a database that lacks stored events: its end, and its expected end. */
export const olderDatabase = (sequence: number, known: number): string =>
  `the database ends at ${sequence}, but events up to ${known} were stored (emptied, or an older backup?): run restore`;
