import {
  type Catalogue,
  declarationOf,
  eventId,
  NewerEvent,
  type StoredEvent,
  UnreadableEvent,
} from '@tokengrid/contracts';
import { inTransaction, type Outcome, recordedEvent, skippedBy } from '@tokengrid/event-store';
import { type DomainEvent, NotYet, type Recorded } from '@tokengrid/kernel';
import { DecodedEvents } from './decoded-events.ts';
import { DoneBefore } from './done-before.ts';
import { HeldBack } from './held-back.ts';
import { Reaction } from './reaction.ts';
import type { LaneWork, Reread } from './lane-work.ts';
import type { SubscriberHandler, SubscriberObserver } from './subscriber-options.ts';
import type { LaneMark } from './lane-mark.ts';
import { PassedMarks } from './passed-marks.ts';
import type { PolicyMarks } from './policy-marks.ts';
import type { SkippedAhead } from './skipped-ahead.ts';
import {
  moveMark,
  park,
  type Parking,
  releaseSkipped,
  replaysRequested,
  stayParked,
  unpark,
} from './subscriber-tables.ts';
import { isTransient } from './transient.ts';

/**
 * Reaction of a policy to one event; of a policy in order, to an array of them. The types are those
 * of the policy's method, which Nest calls. Its result is awaited: unpublished outcomes are checked
 * again.
 */
export type React = (said: never, reaction: Reaction) => Promise<unknown>;

export interface PolicyDefinition<E extends DomainEvent = DomainEvent, Type extends E['type'] = E['type']> {
  /** A sentence in kebab case: `when-slice-closed-release-slice`. */
  readonly name: string;
  readonly from: Catalogue<E>;
  readonly on: readonly Type[];
  /**
   * True if callers ask for its results: while it is behind, a missing row may exist all the same.
   */
  readonly opens?: true;
  /**
   * Passes on all events of a read at once, as an array. Redelivered, they may come in other
   * batches, whose commands have other ids: the commands have to tell by sequences what is applied
   * already. So nothing is parked: an event that fails by itself stops its lane until a release
   * can handle it, or until it is skipped if no release can read it. All before it are applied.
   */
  readonly inOrder?: true;
}

interface Attempt {
  readonly event: StoredEvent;
  readonly offset: number;
}

/**
 * Runs a policy: passes on a whole batch of events in order, so that their commands share
 * transactions. The mark moves once all of their commands are in both stores, at intervals: what is
 * read again after a crash is found done, or its commands are repeats. An event that fails
 * by itself is parked, and later events of its stream park behind it; an outage fails the batch,
 * which comes again, and command ids make that harmless. Events passed on together with a parked
 * one are not withdrawn. A policy in order parks nothing: its lane stops before the event.
 */
export class PolicyHandler implements SubscriberHandler {
  readonly name: string;
  readonly catalogue: Catalogue;
  readonly readsWithOthers = true;
  private readonly types: ReadonlySet<string>;
  private readonly inOrder: boolean;
  private readonly doneBefore: DoneBefore;
  private readonly passed: PassedMarks;

  constructor(
    definition: PolicyDefinition,
    private readonly react: React,
    private readonly marks: PolicyMarks,
    /** Resolves once the own service's events in a lane up to a sequence are in the log. */
    private readonly published: (lane: number, sequence: number) => Promise<void>,
    private readonly skippedAhead: Pick<SkippedAhead, 'has'>,
    private readonly observer: SubscriberObserver,
    markAfterMs?: number,
    private readonly decoded = new DecodedEvents(),
  ) {
    this.name = definition.name;
    this.catalogue = definition.from;
    this.types = new Set(definition.on);
    this.decoded.want(definition.from, this.types);
    this.inOrder = definition.inOrder === true;
    this.doneBefore = new DoneBefore(definition.name, marks);
    this.passed = new PassedMarks(marks, markAfterMs);
  }

  async apply(work: LaneWork): Promise<void> {
    const wanted = work.events.filter(({ event }) => this.wants(event));
    const skipped = work.events.flatMap(({ event }) => skippedBy(event)?.sequence ?? []);
    if (wanted.length === 0 && skipped.length === 0) return this.passed.passOver(work);
    if (this.inOrder) return this.applyInOrder(work, wanted, skipped);
    const left = await this.doneBefore.without(work.lane, wanted);
    if (left.length === 0 && skipped.length === 0) return this.passed.passOver(work);
    const parkings = await this.reactToAll(left, await this.marks.parkedStreams(work.key), work.signal);
    if (parkings.length === 0 && skipped.length === 0) return this.passed.passOver(work);
    await this.passed.moving(work.lane, () => this.advance(work, this.passed.storedMark(work), parkings, skipped));
  }

  /** @throws HeldBack at an event that fails by itself, once those before it are applied */
  private async applyInOrder(work: LaneWork, wanted: readonly Attempt[], skipped: readonly number[]): Promise<void> {
    const heldBack = await this.reactInOrder(work, wanted);
    if (!heldBack && skipped.length === 0) return this.passed.passOver(work);
    const to = heldBack?.mark ?? work.to;
    const stored = this.passed.storedMark(work);
    if (to.sequence > stored.sequence) {
      const passed = skipped.filter((sequence) => sequence <= to.sequence);
      await this.passed.moving(work.lane, () => this.advance({ ...work, to }, stored, [], passed));
    }
    if (heldBack) throw heldBack;
  }

  /** Reacts to all events at once; if one of them fails by itself, one by one up to that one. */
  private async reactInOrder(work: LaneWork, wanted: readonly Attempt[]): Promise<HeldBack | undefined> {
    if (wanted.length === 0) return undefined;
    const events = wanted.map(({ event }) => event);
    if ((await this.failureOf(events, work.signal)) === undefined) return undefined;
    for (const { event, offset } of wanted) {
      const failure = await this.failureOf([event], work.signal);
      if (failure === undefined) continue;
      return new HeldBack(markBefore(work, event, offset), `${eventId(event)}: ${failure.message}`, failure);
    }
    return undefined;
  }

  /** Error by which a reaction fails by itself. @throws Error in an outage */
  private async failureOf(events: readonly StoredEvent[], signal: AbortSignal): Promise<Error | undefined> {
    try {
      await this.reactTo(events, signal);
      return undefined;
    } catch (error) {
      if (isTransient(error)) throw error;
      return error as Error;
    }
  }

  private wants(event: StoredEvent): boolean {
    const declaration = declarationOf(this.catalogue, event.type);
    if (!declaration) this.observer.unknownType?.(this.name, event);
    if (!declaration || !this.types.has(event.type)) return false;
    if (event.version > declaration.version) {
      // Its lane waits for the newer release: parked, every such event would have to be replayed by
      // hand.
      throw NewerEvent.ofVersion(event.type, event.version, declaration.version);
    }
    return true;
  }

  private async reactToAll(
    attempts: readonly Attempt[],
    parked: ReadonlySet<string>,
    signal: AbortSignal,
  ): Promise<Parking[]> {
    const parkings: Parking[] = [];
    const results = await Promise.allSettled(
      attempts.map(async ({ event }) => {
        if (!parked.has(event.streamId)) await this.reactTo([event], signal);
      }),
    );
    const broken = new Set(parked);
    results.forEach((result, index) => {
      const attempt = attempts[index]!;
      if (result.status === 'fulfilled') {
        if (parked.has(attempt.event.streamId))
          parkings.push({ ...attempt, reason: 'an earlier event of the same stream is parked' });
        return;
      }
      if (isTransient(result.reason)) throw result.reason;
      broken.add(attempt.event.streamId);
      parkings.push({ ...attempt, reason: String((result.reason as Error).message) });
    });
    return parkings;
  }

  private async reactTo(events: readonly StoredEvent[], signal?: AbortSignal): Promise<void> {
    const read: Recorded<DomainEvent>[] = [];
    for (const event of events) read.push(...(await this.read(event)));
    const [first] = read;
    if (!first) return;
    const reaction = new Reaction(this.name, events[0]!, events.slice(1));
    const result = await this.react((this.inOrder ? read : first) as never, reaction);
    for (const outcome of [result].flat()) {
      if (isOutcome(outcome) && !outcome.published) await this.untilPublished(outcome, signal);
    }
  }

  /** The event; nothing if it is unreadable and skipped. */
  private async read(event: StoredEvent): Promise<readonly Recorded<DomainEvent>[]> {
    try {
      return [recordedEvent(event, this.decoded.read(this.catalogue, event))];
    } catch (error) {
      const isUnreadable = error instanceof UnreadableEvent;
      if (isUnreadable && (await this.skippedAhead.has(event.lane, event.sequence))) return [];
      throw error;
    }
  }

  /** Waits longer instead of sending the command again: a slow log must not get more work. */
  private async untilPublished({ events, commandId }: Outcome<DomainEvent>, signal?: AbortSignal): Promise<void> {
    const last = events.at(-1);
    if (!last || !signal) throw new NotYet(`the outcome of command ${commandId} is not in the log yet`);
    await Promise.race([this.published(last.lane, last.sequence), whenAborted(signal)]);
    if (signal.aborted) throw new NotYet(`the outcome of command ${commandId} was not in the log yet`);
  }

  private async advance(
    { key, to }: LaneWork,
    from: LaneMark,
    parkings: readonly Parking[],
    skipped: readonly number[],
  ): Promise<void> {
    if (parkings.length === 0 && skipped.length === 0) return this.marks.move(key, from, to);
    if (parkings.length > 0) this.marks.expectParked(key);
    await inTransaction(this.marks.pool, async (client) => {
      await park(client, key, parkings);
      if (skipped.length > 0) await releaseSkipped(client, key, skipped);
      await moveMark(client, key, from, to);
    });
    for (const { event, reason } of parkings) this.observer.parked?.(this.name, event, reason);
  }

  hasToAttend(lane: number): boolean {
    return this.marks.isReplayAsked(this.keyOf(lane)) || this.passed.has(lane);
  }

  private keyOf(lane: number) {
    return { subscriber: this.name, topic: this.catalogue.topic, lane };
  }

  settle(lane: number): Promise<void> {
    return this.passed.store(lane);
  }

  forget(lane: number): void {
    this.passed.forget(lane);
    this.marks.expectParked(this.keyOf(lane));
  }

  /** Stores the policy's mark, and replays parked events on request. */
  async attend(lane: number, reread: Reread): Promise<void> {
    await this.passed.store(lane);
    const key = this.keyOf(lane);
    if (!this.marks.isReplayAsked(key)) return;
    for (const { sequence, offset } of await replaysRequested(this.marks.pool, key)) {
      const event = await reread(sequence, offset);
      if (!event) {
        const id = eventId({ service: this.catalogue.service, lane, sequence });
        const reason = `${key.topic} lacks ${id}: run republish, then request the replay again`;
        await stayParked(this.marks.pool, key, sequence, reason);
        continue;
      }
      try {
        await this.reactTo([event]);
        await unpark(this.marks.pool, key, sequence);
      } catch (error) {
        if (isTransient(error)) throw error;
        this.marks.expectParked(key);
        await park(this.marks.pool, key, [{ event, offset, reason: (error as Error).message }]);
        this.observer.parked?.(this.name, event, (error as Error).message);
      }
    }
  }
}

/** The mark before an event of the work, at which a lane stops. */
function markBefore({ events, from }: LaneWork, { sequence }: StoredEvent, offset: number): LaneMark {
  const before = events.findLast(({ event }) => event.sequence < sequence)?.event ?? from;
  return { sequence: before.sequence, hash: before.hash, offset };
}

function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function isOutcome(value: unknown): value is Outcome<DomainEvent> {
  return typeof value === 'object' && value !== null && 'published' in value && 'commandId' in value;
}
