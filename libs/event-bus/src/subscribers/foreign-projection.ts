import {
  type Catalogue,
  declarationOf,
  eventId,
  NewerEvent,
  type StoredEvent,
  UnreadableEvent,
} from '@tokengrid/contracts';
import {
  inTransaction,
  ownDeletes,
  type Projection,
  recordedEvent,
  skippedBy,
  wantsType,
  writeProjection,
} from '@tokengrid/event-store';
import type { DomainEvent, Recorded } from '@tokengrid/kernel';
import type { PoolClient } from 'pg';
import { DecodedEvents } from './decoded-events.ts';
import type { LaneMark } from './lane-mark.ts';
import type { PolicyMarks } from './policy-marks.ts';
import type { SkippedAhead } from './skipped-ahead.ts';
import { HeldBack } from './held-back.ts';
import { PassedMarks } from './passed-marks.ts';
import { ProjectionWrites } from './projection-writes.ts';
import type { LaneWork, Reread } from './lane-work.ts';
import type { SubscriberHandler, SubscriberObserver } from './subscriber-options.ts';
import {
  type MarkKey,
  park,
  type ParkedRow,
  parkedRows,
  type Parking,
  releaseSkipped,
  stayParked,
  unpark,
} from './subscriber-tables.ts';

/** A projection of another service's events. */
export interface ForeignProjection<E extends DomainEvent = DomainEvent> {
  readonly from: Catalogue<E>;
  readonly projection: Projection<E>;
}

/** Subscriber name of a foreign projection. */
export const projectionSubscriber = (projection: string): string => `projection-${projection}`;

/**
 * SQL condition: the projection holds back one of some streams, behind an event that it can't
 * read. What its rows say of that stream may be old.
 * @param streams SQL expressions of their ids, separated by commas; any stream by default
 */
export const holdsBack = (projection: string, { topic }: Pick<Catalogue, 'topic'>, streams?: string): string =>
  `exists (select from parked_events where subscriber = '${projectionSubscriber(projection)}'
    and topic = '${topic}' ${streams === undefined ? '' : `and stream_id in (${streams})`})`;

type Attempt = LaneWork['events'][number];

/** Next events of a lane, sorted by what to do with them. */
interface Sorted {
  readonly recorded: Recorded<DomainEvent>[];
  readonly parkings: Parking[];
  /** Sequences that these events skip. */
  readonly skipped: number[];
  /** The mark before an event that blocks the lane, and the reason. */
  readonly heldBack: HeldBack | undefined;
}

const behindAnother = 'an earlier event of the same stream is unreadable';

/**
 * Applies a foreign projection: its rows and its mark in one transaction. An unreadable event
 * blocks its stream if the projection keeps its streams apart, else its lane, until the operator
 * skips it.
 */
export class ForeignProjectionHandler implements SubscriberHandler {
  readonly name: string;
  readonly catalogue: Catalogue;
  private readonly projection: Projection<DomainEvent>;
  /** Blocked events by lane, as known. */
  private readonly heldRows = new Map<number, readonly ParkedRow[]>();
  /** Lanes whose blocked events were retried since this process got them. */
  private readonly attended = new Set<number>();
  /** Lanes in which this process has parked an event since it last loaded the blocked ones. */
  private readonly parkedIn = new Set<number>();
  private readonly passed: PassedMarks;

  constructor(
    definition: ForeignProjection,
    private readonly marks: PolicyMarks,
    private readonly skippedAhead: Pick<SkippedAhead, 'has'>,
    private readonly observer: SubscriberObserver,
    private readonly decoded = new DecodedEvents(),
    private readonly writes = new ProjectionWrites(marks.pool),
  ) {
    this.passed = new PassedMarks(marks);
    this.name = projectionSubscriber(definition.projection.name);
    this.catalogue = definition.from;
    this.projection = definition.projection;
  }

  async apply(work: LaneWork): Promise<void> {
    const wanted = new Set(work.events.filter(({ event }) => skippedBy(event) || this.wants(event)));
    if (wanted.size === 0) return this.passed.passOver(work);
    const { key, to, lane } = work;
    const { recorded, parkings, skipped, heldBack } = await this.sort(work, wanted);
    const reached = heldBack?.mark ?? to;
    const from = this.passed.storedMark(work);
    if (reached.sequence > from.sequence) {
      const write = { move: { key, from, to: reached }, projection: this.projection, lane, events: recorded };
      const isPlain = parkings.length === 0 && skipped.length === 0;
      await this.passed.moving(lane, () =>
        isPlain
          ? this.writes.write(write)
          : this.writes.alone(write, (client) => this.block(client, key, parkings, skipped)),
      );
    }
    for (const { event, reason } of parkings) this.observer.parked?.(this.name, event, reason);
    if (parkings.length > 0) await this.lookAtHeld(lane);
    if (heldBack) throw heldBack;
  }

  private async block(
    client: PoolClient,
    key: MarkKey,
    parkings: readonly Parking[],
    skipped: readonly number[],
  ): Promise<void> {
    if (parkings.length > 0) {
      this.parkedIn.add(key.lane);
      this.marks.expectParked(key);
      await park(client, key, parkings);
    }
    if (skipped.length > 0) await releaseSkipped(client, key, skipped);
  }

  private async sort({ lane, key, events, from }: LaneWork, wanted: ReadonlySet<Attempt>): Promise<Sorted> {
    const recorded: Recorded<DomainEvent>[] = [];
    const parkings: Parking[] = [];
    const skipped: number[] = [];
    const held = new Set(this.projection.streamsApart ? await this.marks.parkedStreams(key) : []);
    let mark: LaneMark = from;
    for (const attempt of events) {
      const { event, offset } = attempt;
      const skip = wanted.has(attempt) ? skippedBy(event) : undefined;
      if (skip) skipped.push(skip.sequence);
      else if (wanted.has(attempt)) {
        if (held.has(event.streamId)) parkings.push({ event, offset, reason: behindAnother });
        else {
          try {
            recorded.push(this.recorded(event));
          } catch (error) {
            if (!(error instanceof UnreadableEvent)) throw error;
            if (await this.isSkipped(error, lane, event.sequence)) {
              // Neither applied nor blocked.
            } else if (this.projection.streamsApart && !(error instanceof NewerEvent)) {
              held.add(event.streamId);
              parkings.push({ event, offset, reason: error.message });
            } else {
              const heldBack = new HeldBack({ ...mark, offset }, `${eventId(event)}: ${error.message}`, error);
              return { recorded, parkings, skipped, heldBack };
            }
          }
        }
      }
      mark = { sequence: event.sequence, hash: event.hash, offset: offset + 1 };
    }
    return { recorded, parkings, skipped, heldBack: undefined };
  }

  private wants(event: StoredEvent): boolean {
    if (wantsType(this.projection, event.type)) return true;
    if (!declarationOf(this.catalogue, event.type)) this.observer.unknownType?.(this.name, event);
    return false;
  }

  private recorded(event: StoredEvent): Recorded<DomainEvent> {
    return recordedEvent(event, this.projection.glance?.(event) ?? this.decoded.read(this.catalogue, event));
  }

  private isSkipped(error: UnreadableEvent, lane: number, sequence: number): Promise<boolean> {
    // A newer release will read it: waiting for that does not scan the whole lane again and again.
    return error instanceof NewerEvent ? Promise.resolve(false) : this.skippedAhead.has(lane, sequence);
  }

  hasToAttend(lane: number): boolean {
    return this.passed.has(lane) || this.hasHeld(lane);
  }

  /** True if blocked events of a lane have to be looked at. */
  private hasHeld(lane: number): boolean {
    const isReplayAsked = this.marks.isReplayAsked(this.keyOf(lane));
    // Events that this process parked since the last load are not in the rows yet.
    const isHeldBack = this.parkedIn.has(lane) || (this.heldRows.get(lane)?.length ?? 0) > 0;
    return isReplayAsked || isHeldBack || !this.attended.has(lane);
  }

  /**
   * Stores the projection's mark, and retries blocked events: those requested, and all of them once
   * after this process got the lane, because its release may read what the previous one could not.
   */
  async attend(lane: number, reread: Reread): Promise<void> {
    await this.passed.store(lane);
    if (!this.hasHeld(lane)) return;
    const isFirst = !this.attended.has(lane);
    const rows = await this.lookAtHeld(lane);
    const asked = rows.filter(({ replayRequested }) => isFirst || replayRequested);
    this.attended.add(lane);
    if (asked.length === 0) return;
    const broken = new Set<string>();
    for (const row of asked) {
      const reason = broken.has(row.streamId) ? behindAnother : await this.replay(lane, row, reread);
      if (reason === undefined) continue;
      broken.add(row.streamId);
      await stayParked(this.marks.pool, this.keyOf(lane), row.sequence, reason);
    }
    await this.lookAtHeld(lane);
  }

  /** @returns the reason why it stays blocked */
  private async replay(lane: number, { sequence, offset }: ParkedRow, reread: Reread): Promise<string | undefined> {
    const event = await reread(sequence, offset);
    if (!event) return `${this.catalogue.topic} lacks the event: run republish, then request the replay again`;
    let recorded: readonly Recorded<DomainEvent>[] = [];
    try {
      recorded = [this.recorded(event)];
    } catch (error) {
      if (!(error instanceof UnreadableEvent)) throw error;
      if (!(await this.isSkipped(error, lane, sequence))) return error.message;
    }
    const write = async (client: PoolClient) => {
      await writeProjection(client, this.projection, lane, recorded);
      await unpark(client, this.keyOf(lane), sequence);
    };
    await inTransaction(this.marks.pool, write, ownDeletes);
    return undefined;
  }

  private async lookAtHeld(lane: number): Promise<readonly ParkedRow[]> {
    const rows = await parkedRows(this.marks.pool, this.keyOf(lane));
    this.heldRows.set(lane, rows);
    this.parkedIn.delete(lane);
    return rows;
  }

  private keyOf(lane: number) {
    return { subscriber: this.name, topic: this.catalogue.topic, lane };
  }

  problemsOf(lane: number): readonly string[] {
    const streams = Map.groupBy(this.heldRows.get(lane) ?? [], ({ streamId }) => streamId);
    return [...streams].map(([streamId, [first]]) => {
      const id = eventId({ service: this.catalogue.service, lane, sequence: first!.sequence });
      return `${this.name}: stream ${streamId} is blocked by the unreadable event ${id}`;
    });
  }

  settle(lane: number): Promise<void> {
    return this.passed.store(lane);
  }

  forget(lane: number): void {
    this.passed.forget(lane);
    this.marks.expectParked(this.keyOf(lane));
    this.heldRows.delete(lane);
    this.attended.delete(lane);
  }
}
