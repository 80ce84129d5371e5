import { type CustomTransportStrategy, type MessageHandler, Server } from '@nestjs/microservices';
import type { Catalogue } from '@tokengrid/contracts';
import type { LeaseKeeper } from '@tokengrid/event-store';
import type { Pool } from 'pg';
import { isObservable, lastValueFrom } from 'rxjs';
import { eventBusTransport } from './policy.ts';
import { Listener, type Listening } from './listener/listener.ts';
import { SharingLog } from './shared-tail/sharing-log.ts';
import { CatchUp } from './subscribers/catch-up.ts';
import { DecodedEvents } from './subscribers/decoded-events.ts';
import { type Behind, FollowWatch } from './subscribers/follow-watch.ts';
import { type ForeignProjection, ForeignProjectionHandler } from './subscribers/foreign-projection.ts';
import { type PolicyDefinition, PolicyHandler } from './subscribers/policy-handler.ts';
import { ProjectionWrites } from './subscribers/projection-writes.ts';
import { PolicyMarks } from './subscribers/policy-marks.ts';
import { SkippedAhead } from './subscribers/skipped-ahead.ts';
import { Subscriber, subscriberLease } from './subscribers/subscriber.ts';
import type { SubscriberHandler, SubscriberLimits, SubscriberObserver } from './subscribers/subscriber-options.ts';
import type { TailingLog } from './tailing-log.ts';

export interface EventBusOptions {
  readonly log: TailingLog;
  readonly pool: Pool;
  readonly leases: LeaseKeeper;
  /** Resolves once the own service's events in a lane up to a sequence are in the log. */
  readonly published: (lane: number, sequence: number) => Promise<void>;
  /** Creates rows for leases that are wanted for the first time. */
  readonly declareLeases: (names: readonly string[]) => Promise<void>;
  readonly projections: readonly ForeignProjection[];
  readonly limits: SubscriberLimits;
  readonly observer: SubscriberObserver;
  /** Interval of looking for a topic that does not exist yet. */
  readonly topicRetryMs: number;
  readonly watch?: WatchTimes;
  /** Data of events, held for all subscribers. */
  readonly decoded?: DecodedEvents;
}

/** Times of the {@link FollowWatch}. */
export interface WatchTimes {
  /** Time that a published event may take to be applied. */
  readonly graceMs: number;
  /** Time for which a subscriber that is behind may stand still before it is reported. */
  readonly stillMs: number;
  /** Interval of checks without requests. */
  readonly everyMs: number;
  /** Interval of checks while a subscriber is behind. */
  readonly retryMs: number;
}

const usualWatch: WatchTimes = { graceMs: 3000, stillMs: 10_000, everyMs: 6000, retryMs: 500 };

/**
 * Nest's transport over the event log. Every policy (`@Policy`) and every foreign projection is a
 * separate subscriber with its own marks and leases, so that a slow one delays no other and each
 * can be rebuilt alone.
 */
export class EventBusServer extends Server implements CustomTransportStrategy {
  override readonly transportId = eventBusTransport;
  private readonly subscribers: Subscriber[] = [];
  private readonly listeners: Listener[] = [];
  private readonly waiting = new Map<string, { readonly timer: NodeJS.Timeout; readonly isMissed: boolean }>();
  private closed = false;

  /** Log whose subscribers of the same topic share its fetches. */
  private readonly log: TailingLog;
  private readonly marks: PolicyMarks;
  private readonly decoded: DecodedEvents;
  private readonly catchUp: CatchUp;
  private readonly followed: FollowWatch;
  private readonly watchTimes: WatchTimes;
  /** Subscribers whose lag makes existing things unknown here. */
  private watched: readonly SubscriberHandler[] = [];
  private late: readonly Behind[] = [];
  private lookedAt = Number.NEGATIVE_INFINITY;
  private looking: Promise<void> | undefined;
  private watchTimer: NodeJS.Timeout | undefined;

  constructor(private readonly bus: EventBusOptions) {
    super();
    this.log = new SharingLog(bus.log);
    this.marks = new PolicyMarks(bus.pool, bus.limits.attendEveryMs);
    this.decoded = bus.decoded ?? new DecodedEvents();
    this.catchUp = new CatchUp(bus.log, bus.observer);
    this.watchTimes = bus.watch ?? usualWatch;
    this.followed = new FollowWatch(bus.log, bus.pool, this.watchTimes.graceMs, this.watchTimes.stillMs);
  }

  listen(callback: (error?: unknown) => void): void {
    const policies: (readonly [MessageHandler, PolicyHandler])[] = [...this.messageHandlers.values()].map((handler) => [
      handler,
      this.policy(handler),
    ]);
    const writes = new ProjectionWrites(this.bus.pool);
    const projections = this.bus.projections.map(
      (definition) =>
        new ForeignProjectionHandler(
          definition,
          this.marks,
          this.skippedAhead(definition.from),
          this.bus.observer,
          this.decoded,
          writes,
        ),
    );
    const opening = policies.filter(([{ extras }]) => (extras as { definition: PolicyDefinition }).definition.opens);
    this.watched = [...projections, ...opening.map(([, policy]) => policy)];
    for (const handler of [...projections, ...policies.map(([, policy]) => policy)]) void this.subscribe(handler);
    this.watch();
    callback();
  }

  /** Hears events of another service from now on; resolves once it does. */
  async hear(listening: Listening): Promise<void> {
    const { log, limits, observer, topicRetryMs } = this.bus;
    const listener = new Listener(listening, { log, limits, observer, topicRetryMs, decoded: this.decoded });
    this.listeners.push(listener);
    await listener.start();
  }

  private policy(handler: MessageHandler): PolicyHandler {
    const { definition } = handler.extras as { definition: PolicyDefinition };
    const { published, observer } = this.bus;
    return new PolicyHandler(
      definition,
      async (said: unknown, reaction) => {
        const result: unknown = await handler(said, reaction);
        return isObservable(result) ? lastValueFrom(result, { defaultValue: undefined }) : result;
      },
      this.marks,
      published,
      this.skippedAhead(definition.from),
      observer,
      undefined,
      this.decoded,
    );
  }

  private skippedAhead(catalogue: Catalogue): SkippedAhead {
    return new SkippedAhead(this.bus.log, catalogue);
  }

  /** Starts a subscriber once its topic exists: services may start in any order. */
  private async subscribe(handler: SubscriberHandler): Promise<void> {
    const { log } = this;
    const { pool, leases, limits, observer, declareLeases, topicRetryMs } = this.bus;
    try {
      const lanes = await log.partitionsOf(handler.catalogue.topic);
      if (this.closed) return;
      if (lanes !== undefined) {
        await declareLeases(Array.from({ length: lanes }, (_, lane) => subscriberLease(handler.name, lane)));
        const subscriber = new Subscriber({ handler, log, pool, leases, limits, observer, catchUp: this.catchUp });
        this.subscribers.push(subscriber);
        this.waiting.delete(handler.name);
        subscriber.start(lanes);
        return;
      }
    } catch (error) {
      observer.failed?.(handler.name, error);
    }
    if (this.closed) return;
    this.waiting.set(handler.name, {
      timer: setTimeout(() => void this.subscribe(handler), topicRetryMs),
      isMissed: !handler.catalogue.isOptional,
    });
  }

  private watch(): void {
    void this.look().then(() => {
      const { everyMs, retryMs } = this.watchTimes;
      if (!this.closed) this.watchTimer = setTimeout(() => this.watch(), this.late.length > 0 ? retryMs : everyMs);
    });
  }

  /**
   * Checks all subscribers, once for concurrent requests. If Kafka or Postgres does not answer, the
   * last result stays.
   */
  private look(): Promise<void> {
    const began = performance.now();
    this.looking ??= this.followed
      .look(this.watched)
      .then(
        (found) => {
          this.late = found;
          this.lookedAt = began;
        },
        (error: unknown) => this.bus.observer.failed?.('the watch over subscribers', error),
      )
      .finally(() => (this.looking = undefined));
    return this.looking;
  }

  /**
   * Subscribers that are behind the published events, a sentence each: a missing row may exist all
   * the same.
   * @param maxAgeMs maximum age of the last check
   */
  async behind(maxAgeMs: number): Promise<readonly string[]> {
    if (performance.now() - this.lookedAt > maxAgeMs) await this.look();
    return this.late.map(({ reason }) => reason);
  }

  /**
   * Whether a check of that age found no subscriber behind; without an answer of Kafka or Postgres,
   * none did.
   */
  async isUpToDate(maxAgeMs: number): Promise<boolean> {
    const late = await this.behind(maxAgeMs);
    return late.length === 0 && performance.now() - this.lookedAt <= 2 * maxAgeMs;
  }

  /** Subscribers that stand still or are behind without progress, a sentence each. */
  problems(): readonly string[] {
    const late = this.late.filter(({ goesOn }) => !goesOn).map(({ reason }) => reason);
    return [...this.subscribers.flatMap((subscriber) => subscriber.problems()), ...late];
  }

  /** Subscribers whose topic does not exist yet, though its service belongs to any installation. */
  waitingForTopics(): readonly string[] {
    return [...this.waiting].flatMap(([name, { isMissed }]) => (isMissed ? [name] : []));
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const { timer } of this.waiting.values()) clearTimeout(timer);
    clearTimeout(this.watchTimer);
    await this.looking;
    await Promise.all([...this.subscribers, ...this.listeners].map((reader) => reader.close()));
  }

  /** Nest's hooks for a broker's events and clients, unused here. */
  on(): void {
    // Connection events go to the observer instead.
  }

  unwrap<T>(): T {
    return this.bus.log as T;
  }
}
