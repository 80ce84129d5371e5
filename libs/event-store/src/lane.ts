import { type Catalogue, decodeData, eventId, type StoredEvent } from '@tokengrid/contracts';
import type { Aggregate, Decide, DomainEvent, Recorded } from '@tokengrid/kernel';
import { systemStreamId } from '@tokengrid/kernel';
import { BatchWork } from './batch-work.ts';
import type { Command } from './command.ts';
import { EventsRetired, IdempotencyKeyReused, LaneStopped, StoreUnavailable } from './command.ts';
import type { ChainedEvent } from './event-log.ts';
import { StreamCache } from './stream-cache.ts';
import type { LaneHead, LaneStorage, LaneTransaction, StoredCommand, WantedStream } from './storage.ts';
import { UnwritableBatch } from './storage.ts';

/** A command in a lane's queue, with all that is needed to decide it and to tell its caller. */
export interface Pending {
  readonly command: Command<unknown>;
  readonly aggregate: Aggregate<unknown, DomainEvent>;
  readonly decide: Decide<unknown, unknown, DomainEvent, unknown>;
  readonly settle: (taken: Taken) => void;
  readonly fail: (error: Error) => void;
  /** Set once nobody waits for it any more and it must not be started. */
  abandoned: boolean;
}

/** A command that is stored: by this transaction, or long before. */
export interface Taken {
  readonly stored: StoredCommand;
  /** Absent for a repeat, whose events have to be read. */
  readonly events: readonly Recorded<DomainEvent>[] | undefined;
}

/** What a lane tells the store about a batch: for the relay, the log and the metrics. */
export interface CommittedBatch {
  readonly lane: number;
  readonly commands: number;
  readonly repeats: number;
  readonly chained: readonly ChainedEvent[];
  readonly recorded: readonly Recorded<DomainEvent>[];
  readonly milliseconds: number;
}

export interface LaneOptions {
  readonly lane: number;
  readonly storage: LaneStorage;
  readonly catalogue: Catalogue;
  readonly system: Aggregate<unknown, DomainEvent> | undefined;
  readonly maxCachedStreams: number;
  readonly maxBatch: number;
  /** Epoch milliseconds. May step back: lanes do not. */
  readonly clock: () => number;
  /** What is known to be in the log. Only what is committed is published, so a head before it is another, older database. */
  readonly publishedSequence: () => number;
  /** Told when the database was found to be older than the log. Stops the lane. */
  readonly behind: (reason: string) => void;
  /** Whether another process publishes this lane. */
  readonly publishedElsewhere: () => boolean;
  readonly committed: (batch: CommittedBatch) => void;
  readonly failed: (error: unknown) => void;
  readonly retryDelayMs: number;
}

/**
 * The unit of order and of scale. Commands that arrive while a transaction runs are taken together by the next one: no timers,
 * and one alone does not wait. All state that outlives a batch is a cache of what Postgres holds.
 */
export class Lane {
  private queue: Pending[] = [];
  private running: Promise<void> | undefined;
  /** The head after this process' last transaction: while it still is, cached states are true. */
  private knownHead: LaneHead | undefined;
  private stopReason: string | undefined;
  private readonly systemStream: string;
  private readonly events: Catalogue['events'];
  private readonly cache: StreamCache;

  constructor(private readonly options: LaneOptions) {
    this.cache = new StreamCache(options.maxCachedStreams);
    this.systemStream = systemStreamId(options.lane, options.storage.lanes);
    this.events = options.catalogue.events;
  }

  get waiting(): number {
    return this.queue.length;
  }

  submit(pending: Pending): void {
    if (this.stopReason !== undefined) {
      pending.fail(new LaneStopped(this.options.lane, this.stopReason));
      return;
    }
    this.queue.push(pending);
    // A promise keeps what is submitted in one go in one batch.
    this.running ??= Promise.resolve().then(() => this.run());
  }

  /** Refuses what waits and what comes, until {@link resume}. */
  stop(reason: string): void {
    this.stopReason = reason;
    const queue = this.queue;
    this.queue = [];
    for (const pending of queue) pending.fail(new LaneStopped(this.options.lane, reason));
  }

  resume(): void {
    this.stopReason = undefined;
    this.knownHead = undefined;
  }

  get stoppedBecause(): string | undefined {
    return this.stopReason;
  }

  async idle(): Promise<void> {
    while (this.running) await this.running;
  }

  private async run(): Promise<void> {
    while (this.queue.length > 0) {
      const batch = this.queue.splice(0, this.options.maxBatch).filter((pending) => !pending.abandoned);
      if (batch.length > 0) await this.take(batch);
    }
    // In the same breath as the last look at the queue: a command that came any later would find nobody running and start anew.
    this.running = undefined;
  }

  /** Takes a batch to its end: stored, refused, or abandoned. Outages are waited out; ids make trying again safe. */
  private async take(batch: readonly Pending[]): Promise<void> {
    let remaining = batch;
    while (remaining.length > 0) {
      try {
        await this.transact(remaining);
        return;
      } catch (error) {
        this.knownHead = undefined;
        if (error instanceof UnwritableBatch || error instanceof EventsRetired) return this.bisect(remaining, error);
        this.options.failed(error);
        await new Promise((resolve) => setTimeout(resolve, this.options.retryDelayMs));
        remaining = remaining.filter((pending) => !pending.abandoned);
        if (this.stopReason !== undefined) {
          for (const pending of remaining)
            pending.fail(new StoreUnavailable('the lane stopped before this was stored'));
          return;
        }
      }
    }
  }

  /** Finds the command that spoils a batch by halves, so that the others do not suffer from it. */
  private async bisect(batch: readonly Pending[], error: UnwritableBatch | EventsRetired): Promise<void> {
    if (batch.length > 1) {
      const middle = batch.length >> 1;
      await this.take(batch.slice(0, middle));
      await this.take(batch.slice(middle));
      return;
    }
    const [culprit] = batch;
    // The same id may have been stored by another lane while we decided: then it is a repeat, not a fault.
    try {
      const stored = await this.options.storage.commandOf(culprit!.command.id);
      if (stored) this.settleRepeat(culprit!, stored);
      else culprit!.fail(error);
    } catch (outage) {
      this.options.failed(outage);
      // Whose fault it is can't be told now: who sends it again will learn it.
      culprit!.fail(new StoreUnavailable('the store went away before it was known whether this can be stored'));
    }
  }

  private async transact(batch: readonly Pending[]): Promise<void> {
    const started = performance.now();
    const { lane, storage } = this.options;
    const transaction = await storage.begin(
      lane,
      batch.map(({ command }) => command.id),
    );
    let work: BatchWork;
    try {
      await this.forgetStale(transaction);
      work = new BatchWork(this.options, this.events, transaction);
      await this.load(transaction, batch, work);
      this.decideAll(batch, work);
      if (work.stored.length > 0) await transaction.write(work.batch());
    } catch (error) {
      await transaction.rollback();
      throw error;
    }
    if (work.stored.length === 0) {
      await transaction.rollback();
      this.knownHead = transaction.head;
    } else {
      await transaction.commit(this.options.publishedElsewhere());
      this.knownHead = work.head;
    }
    for (const [streamId, state] of work.states) this.cache.set(streamId, state);
    this.options.committed({
      lane,
      commands: batch.length,
      repeats: work.repeats.length,
      chained: work.chained,
      recorded: work.recorded,
      milliseconds: performance.now() - started,
    });
    this.tellCallers(work);
  }

  private tellCallers(work: BatchWork): void {
    for (const { pending, stored, events } of work.taken) pending.settle({ stored, events });
    for (const { pending, stored } of work.repeats) this.settleRepeat(pending, stored);
    for (const { pending, error } of work.refused) pending.fail(error);
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
    const published = this.options.publishedSequence();
    if (sequence >= published) return;
    const reason = `the database ends at ${sequence}, but events up to ${published} were published (an older backup?): run restore`;
    this.options.behind(reason);
    throw new LaneStopped(this.options.lane, reason);
  }

  /** Drops cached states that another process has overtaken. */
  private async forgetStale(transaction: LaneTransaction): Promise<void> {
    const { knownHead } = this;
    this.refuseOlderDatabase(transaction.head);
    if (knownHead?.hash === transaction.head.hash && knownHead.sequence === transaction.head.sequence) return;
    const changed = knownHead && (await transaction.streamsChangedSince(knownHead));
    if (changed) for (const streamId of changed) this.cache.delete(streamId);
    else this.cache.clear();
    this.knownHead = transaction.head;
  }

  private async load(transaction: LaneTransaction, batch: readonly Pending[], work: BatchWork): Promise<void> {
    const { system } = this.options;
    const missing = new Map<string, WantedStream>();
    const want = (streamId: string, aggregate: Aggregate<unknown, DomainEvent>) => {
      const cached = this.cache.get(streamId);
      if (cached) work.states.set(streamId, cached);
      else missing.set(streamId, wantedStream(streamId, aggregate, this.events));
    };
    if (system) want(this.systemStream, system);
    for (const { command, aggregate } of batch) {
      if (!work.states.has(command.streamId)) want(command.streamId, aggregate);
    }
    if (missing.size === 0) return;
    for (const [streamId, state] of await transaction.statesOf([...missing.values()])) work.states.set(streamId, state);
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

/** How to fold a stream of this kind from its stored events. */
export function wantedStream(
  streamId: string,
  aggregate: Aggregate<unknown, DomainEvent>,
  events: Catalogue['events'],
): WantedStream {
  const { stateVersion } = aggregate;
  return {
    streamId,
    stateVersion,
    fold: (stored, after) => {
      const storedRevision = stored?.revision ?? 0;
      let state = stored ? stored.state : aggregate.initial;
      for (const event of after) state = aggregate.evolve(state, { type: event.type, data: decodeOwn(events, event) });
      return { revision: after.at(-1)?.revision ?? storedRevision, state, storedRevision };
    },
  };
}

function decodeOwn(events: Catalogue['events'], event: StoredEvent): unknown {
  const declaration = events[event.type];
  if (!declaration) throw new Error(`${eventId(event)}: ${event.type} is not declared by ${event.service}`);
  return decodeData(declaration, event.version, event.value);
}
