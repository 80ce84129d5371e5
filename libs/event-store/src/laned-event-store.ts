import type { Catalogue } from '@tokengrid/contracts';
import { type Aggregate, type Calendar, type DomainEvent, laneOf, type Recorded, utcCalendar } from '@tokengrid/kernel';
import { CommandClaims } from './command-claims.ts';
import { CommandLooks } from './command-looks.ts';
import type { Command, Outcome, SoughtCommand, Streams } from './command.ts';
import { EventsRetired, IdempotencyKeyReused, Overloaded, StoreUnavailable, StreamUnreadable } from './command.ts';
import type { ChainedEvent, EventLog } from './event-log.ts';
import { DatabaseLook } from './database-look.ts';
import type { EventStoreLimits } from './event-store-limits.ts';
import { EventStore } from './event-store.ts';
import { wantedStream } from './fold-stream.ts';
import { Lane } from './lane.ts';
import type { Pending, Taken } from './lane-options.ts';
import type { LeaseKeeper } from './leases.ts';
import { readRecorded } from './recorded-event.ts';
import { compareLane, type LaneTrouble } from './lane-end.ts';
import { LaneTransactions } from './lane-transactions.ts';
import { LaneTimes } from './lane-times.ts';
import { MarkLooks } from './mark-looks.ts';
import { Polls } from './polls.ts';
import { Relay } from './relay.ts';
import type { StoreObserver } from './store-observer.ts';
import { UnreadableStreams } from './unreadable-streams.ts';
import type { LaneStorage, StoredCommand } from './storage.ts';
import { TopicLook } from './topic-look.ts';
import { wholeEventsAfter, wholeSequenceAt } from './whole-events.ts';

export interface LanedEventStoreOptions<E extends DomainEvent, System> {
  readonly catalogue: Catalogue<E>;
  /** Kind of the lanes' own streams, if the service has any. */
  readonly system?: Aggregate<System, E> | undefined;
  readonly storage: LaneStorage;
  readonly log: EventLog;
  readonly leases: LeaseKeeper;
  readonly limits: EventStoreLimits;
  readonly observer: StoreObserver;
  /** The operator's calendar; UTC by default. */
  readonly calendar?: Calendar | undefined;
}

/** Event store of lanes and relays, over any storage and any log. */
export class LanedEventStore<E extends DomainEvent, System> extends EventStore<E, System> {
  readonly service: string;
  readonly lanes: number;
  private readonly lane: readonly Lane[];
  private readonly relay: readonly Relay[];
  private readonly transactions: LaneTransactions;
  private readonly troubles = new Map<number, LaneTrouble>();
  private readonly unreadable: UnreadableStreams;
  private waiting = 0;
  private readonly looks: CommandLooks;
  private readonly claims: CommandClaims;
  private readonly marks: MarkLooks;
  private readonly database: DatabaseLook;
  private readonly topic: TopicLook;
  private compared = false;
  private readonly times: LaneTimes;
  private readonly polls: Polls;
  private stopListening: (() => Promise<void>) | undefined;
  private closing: Promise<void> | undefined;

  constructor(private readonly options: LanedEventStoreOptions<E, System>) {
    super();
    this.service = options.catalogue.service;
    this.lanes = options.storage.lanes;
    this.looks = new CommandLooks(options.storage);
    this.claims = new CommandClaims(options.storage);
    this.unreadable = new UnreadableStreams((streamId, failure) => options.observer.unreadable?.(streamId, failure));
    const each = Array.from({ length: this.lanes }, (_, lane) => lane);
    this.relay = each.map((lane) => this.newRelay(lane));
    this.marks = new MarkLooks(options.storage, this.relay);
    this.transactions = this.newTransactions();
    this.lane = each.map((lane) => this.newLane(lane));
    this.database = new DatabaseLook(
      options.storage,
      this.lane,
      (lane, reason) => this.setTrouble(lane, { reason, stopsLane: true, isBehind: true }),
      (standing) => this.times.take(standing.map(({ time }) => time)),
    );
    this.topic = new TopicLook(options.log, options.catalogue.topic, this.relay);
    const { limits, leases, observer } = options;
    this.times = new LaneTimes({
      ...{ clock: leases.clock, mostMs: limits.maxLaneAheadMs },
      ahead: (lane, milliseconds) => observer.ahead?.(lane, milliseconds),
    });
    this.polls = new Polls({
      ...{ storage: options.storage, limits, relays: this.relay, database: this.database, topic: this.topic },
      isCompared: () => this.compared,
      troubled: () => [...this.troubles.keys()],
      compare: async (lane) => {
        const { trouble } = await compareLane(options.log, options.catalogue.topic, options.storage, lane);
        this.setTrouble(lane, trouble);
      },
      failed: (error) => observer.failed?.(error),
    });
  }

  private newRelay(lane: number): Relay {
    const { catalogue, storage, log, leases, limits, observer } = this.options;
    return new Relay({
      lane,
      topic: catalogue.topic,
      storage,
      log,
      leases,
      maxBatch: limits.maxAppendEvents,
      maxHeld: limits.maxHeldEvents,
      markEveryMs: limits.markEveryMs,
      compareEveryMs: limits.compareEveryMs,
      retryDelayMs: limits.retryDelayMs,
      trouble: (trouble) => this.setTrouble(lane, trouble),
      failed: (error) => observer.failed?.(error),
      appended: (events, milliseconds) => observer.appended?.(lane, events, milliseconds),
    });
  }

  private newTransactions(): LaneTransactions {
    const { storage, limits, observer } = this.options;
    return new LaneTransactions({
      storage,
      maxBatch: limits.maxBatchCommands,
      maxTransactions: limits.maxTransactions,
      retryDelayMs: limits.retryDelayMs,
      publishedElsewhere: (lane) => !this.relay[lane]!.isHolder,
      failed: (error) => observer.failed?.(error),
    });
  }

  private newLane(lane: number): Lane {
    const { catalogue, system, storage, limits, observer, calendar = utcCalendar } = this.options;
    return new Lane({
      lane,
      storage,
      catalogue: catalogue as unknown as Catalogue,
      // Streams of one kind take only that kind's commands; Lane treats all kinds alike.
      system: system as unknown as Aggregate<unknown, DomainEvent> | undefined,
      maxCachedStreams: limits.maxCachedStreams,
      maxEventBytes: limits.maxEventBytes,
      calendar,
      publishedSequence: () => this.relay[lane]!.publishedSequence,
      behind: (reason) => this.setTrouble(lane, { reason, stopsLane: true, isBehind: true }),
      ready: () => this.transactions.announce(this.lane[lane]!),
      committed: (batch) => {
        this.relay[lane]!.offer(batch.chained);
        observer.committed?.(batch);
      },
      failed: (error) => observer.failed?.(error),
      invalid: (streamId, error) => observer.invalid?.(streamId, error),
      trimmed: (streamId, leftOut) => observer.trimmed?.(streamId, leftOut),
      loaded: (streamId, failure) => this.unreadable.loaded(streamId, failure),
    });
  }

  /** Compares every lane with the log, then starts to accept commands and to publish. */
  async start(): Promise<void> {
    const { storage } = this.options;
    for (const lane of this.lane) lane.stop('the topic has not been compared with the database yet');
    this.stopListening = await storage.listen({
      stored: (lane) => this.relay[lane]?.stored(),
      published: (lane, sequence) => this.relay[lane]?.heard(sequence),
    });
    this.polls.start();
    if (!(await this.compareAll())) void this.compareUntilDone();
  }

  private async compareAll(): Promise<boolean> {
    const { storage, log, catalogue, observer } = this.options;
    try {
      await this.database.unlessYoungerThan(0);
      await Promise.all(
        this.lane.map(async (_, lane) => {
          const { end, trouble } = await compareLane(log, catalogue.topic, storage, lane);
          this.setTrouble(lane, trouble);
          this.relay[lane]!.heard(end.sequence);
        }),
      );
    } catch (error) {
      observer.failed?.(error);
      return false;
    }
    this.compared = true;
    this.lane.forEach((lane, index) => {
      if (!this.troubles.get(index)?.stopsLane) lane.resume();
    });
    return true;
  }

  private async compareUntilDone(): Promise<void> {
    do await new Promise((resolve) => setTimeout(resolve, this.options.limits.retryDelayMs * 4));
    while (!this.closing && !(await this.compareAll()));
  }

  private setTrouble(lane: number, trouble: LaneTrouble | undefined): void {
    const before = this.troubles.get(lane);
    if (trouble) this.troubles.set(lane, trouble);
    else this.troubles.delete(lane);
    if (before?.reason !== trouble?.reason) this.options.observer.troubled?.(lane, trouble);
    if (trouble?.stopsLane) this.lane[lane]!.stop(trouble.reason);
    else if (this.compared && this.lane[lane]!.stoppedBecause !== undefined) this.lane[lane]!.resume();
  }

  async doubt(maxAgeMs: number): Promise<string | undefined> {
    if (this.behindBecause === undefined) await this.database.unlessYoungerThan(maxAgeMs);
    return this.behindBecause;
  }

  lookAtLog(maxAgeMs: number): Promise<void> {
    return this.topic.unlessYoungerThan(maxAgeMs);
  }

  get behindBecause(): string | undefined {
    for (const [lane, { isBehind, reason }] of this.troubles) if (isBehind) return `lane ${lane}: ${reason}`;
    return this.database.lost[0];
  }

  streams<State>(aggregate: Aggregate<State, E>): Streams<State, E, System> {
    return {
      handle: (decide, command) => this.handle(aggregate as never, decide as never, command),
      load: async (streamId) => {
        const wanted = wantedStream(streamId, aggregate as never, this.options.catalogue as never);
        const found = await this.options.storage.stateOf(wanted);
        this.unreadable.loaded(streamId, found instanceof Error ? found : undefined);
        if (found instanceof Error) throw found;
        return (found?.state ?? aggregate.initial) as State;
      },
    };
  }

  private async handle(
    aggregate: Pending['aggregate'],
    decide: Pending['decide'],
    command: Command<unknown>,
  ): Promise<Outcome<E>> {
    const { maxWaitingCommands, answerTimeoutMs } = this.options.limits;
    if (this.closing) throw new StoreUnavailable('the service is shutting down');
    const trouble = this.options.leases.clock.trouble ?? this.database.lost[0];
    if (trouble !== undefined) throw new StoreUnavailable(trouble);
    const fromCaller = command.causationId === undefined ? 1 : 0;
    if (fromCaller && this.waiting >= maxWaitingCommands) throw new Overloaded(this.waiting);
    const deadline = performance.now() + (command.answerOnceStored ? 0 : answerTimeoutMs);
    this.waiting += fromCaller;
    try {
      if (command.claimsId) await this.claims.claim(command);
      const { stored, events } = await this.take(aggregate, decide, command, answerTimeoutMs);
      // Old events were published long ago: asking is faster than waiting for a notice.
      if (events === undefined)
        await this.marks.ask(stored).catch((error: unknown) => this.options.observer.failed?.(error));
      return {
        published: await this.publishedBy(stored, deadline),
        commandId: command.id,
        events: (events ?? (await this.repeatedEvents(stored, command))) as readonly Recorded<E>[],
        repeated: events === undefined,
      };
    } finally {
      this.waiting -= fromCaller;
    }
  }

  /** Queues the command in its lane; gives up if it is not stored in time. */
  private take(
    aggregate: Pending['aggregate'],
    decide: Pending['decide'],
    command: Command<unknown>,
    timeoutMs: number,
  ): Promise<Taken> {
    return new Promise((resolve, reject) => {
      const pending: Pending = {
        command,
        aggregate,
        decide,
        abandoned: false,
        settle: (taken) => {
          clearTimeout(timer);
          resolve(taken);
        },
        fail: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      const timer = setTimeout(() => {
        pending.abandoned = true;
        reject(new StoreUnavailable(`not stored within ${timeoutMs} ms; sending it again with the same key is safe`));
      }, timeoutMs);
      this.lane[laneOf(command.streamId, this.lanes)]!.submit(pending);
    });
  }

  private publishedBy({ lane, sequence, count }: StoredCommand, deadline: number): Promise<boolean> {
    const published = this.relay[lane]!.until(sequence + count - 1, Math.max(0, deadline - performance.now()));
    this.polls.hurry(lane);
    return published;
  }

  /**
   * First outcome of a repeat. An outage meanwhile is left to the caller's retry, as any other. If
   * the outcome is no longer in the database, or is unreadable, a caller has to be told; a policy's
   * command needs no answer.
   */
  private async repeatedEvents(
    stored: StoredCommand,
    { causationId }: Command<unknown>,
  ): Promise<readonly Recorded<DomainEvent>[]> {
    try {
      return await this.eventsOf(stored);
    } catch (error) {
      const isKnown = error instanceof StreamUnreadable || error instanceof EventsRetired;
      if (isKnown && causationId !== undefined) return [];
      if (isKnown) throw error;
      const message = 'the first answer could not be read; sending it again with the same key is safe';
      throw new StoreUnavailable(message, { cause: error });
    }
  }

  /** Events of a repeat. @throws EventsRetired if some are missing, StreamUnreadable */
  private async eventsOf(stored: StoredCommand): Promise<readonly Recorded<DomainEvent>[]> {
    const events = await this.looks.eventsOf(stored);
    if (events.length !== stored.count) throw new EventsRetired('what this command led to is');
    const tell = this.options.observer.unreadable;
    return events.map((event) => readRecorded(this.options.catalogue as unknown as Catalogue, event, tell));
  }

  known(commands: readonly Pick<Command<unknown>, 'id' | 'streamId'>[]): Promise<ReadonlySet<string>> {
    return this.looks.known(commands);
  }

  claim(commandId: string, streamId: string): Promise<string> {
    return this.claims.first(commandId, streamId);
  }

  async outcomeOf(commandId: string, { inputHash, streamId }: SoughtCommand = {}): Promise<Outcome<E> | undefined> {
    const stored = await this.looks.find(commandId, streamId);
    if (!stored) return undefined;
    if (inputHash !== undefined && stored.inputHash !== undefined && stored.inputHash !== inputHash)
      throw new IdempotencyKeyReused(commandId);
    await this.marks.ask(stored);
    return {
      commandId,
      events: (await this.eventsOf(stored)) as readonly Recorded<E>[],
      repeated: true,
      published: stored.sequence + stored.count - 1 <= this.relay[stored.lane]!.publishedSequence,
    };
  }

  eventsAfter(lane: number, sequence: number, limit: number): Promise<readonly ChainedEvent[]> {
    return wholeEventsAfter(this.options.storage, lane, sequence, limit);
  }

  sequenceAt(lane: number, time: number): Promise<number> {
    return wholeSequenceAt(this.options.storage, lane, time);
  }

  async published(lane: number, sequence: number): Promise<void> {
    const published = this.relay[lane]!.until(sequence);
    this.polls.hurry(lane);
    await published;
  }

  get knownEvents(): number {
    return this.lane.reduce((sum, { knownSequence }) => sum + knownSequence, 0);
  }

  problems(): readonly string[] {
    const problems = [...this.troubles].map(([lane, { reason }]) => `lane ${lane}: ${reason}`);
    problems.unshift(...this.topic.problems(), ...this.database.lost);
    if (!this.compared) problems.unshift('the topic has not been compared with the database yet');
    const { trouble } = this.options.leases.clock;
    if (trouble !== undefined) problems.unshift(trouble);
    return problems;
  }

  warnings(): readonly string[] {
    return [...this.topic.warnings(), ...this.unreadable.sentences(), ...this.times.warnings()];
  }

  /** Number of callers' waiting commands, for metrics. */
  get waitingCommands(): number {
    return this.waiting;
  }

  close(): Promise<void> {
    return (this.closing ??= this.finish());
  }

  private async finish(): Promise<void> {
    const { leases, limits, observer } = this.options;
    this.polls.stop();
    const timeout = new Promise((resolve) => setTimeout(resolve, limits.closeTimeoutMs).unref());
    await Promise.race([this.transactions.idle(), timeout]);
    await Promise.all(this.relay.map((relay) => relay.close(limits.closeTimeoutMs)));
    await leases.close();
    await this.stopListening?.().catch((error: unknown) => observer.failed?.(error));
  }
}
