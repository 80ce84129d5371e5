import { type Catalogue, eventId, NewerEvent, readData, type StoredEvent, UnreadableEvent } from '@tokengrid/contracts';
import type { DomainEvent, Recorded } from '@tokengrid/kernel';
import type { Pool, PoolClient } from 'pg';
import type { EventLog } from '../event-log.ts';
import { recordedEvent } from '../recorded-event.ts';
import { writeProjection } from '../postgres/lane-transaction.ts';
import { type Projection, wantsType } from '../projection.ts';
import { digestOf } from './digest.ts';
import { exclusively } from './exclusive.ts';
import { LaneFollower } from './lane-follower.ts';
import { type MaintenanceOptions, ProgressCount } from './progress.ts';
import { partitionsOf, readLane, recordsIn } from './read-lane.ts';
import type { Rebuilt } from './rebuild-projections.ts';
import { swapInTransaction } from './swap-transaction.ts';
import { skippedInTopic } from './skipped-in-topic.ts';
import { TableCopies } from './table-copies.ts';
import type { UnreadableFound } from './unreadable-found.ts';

export interface ForeignRebuildOptions extends MaintenanceOptions {
  readonly pool: Pool;
  readonly log: EventLog;
  /** Catalogue of the service whose events it reads. */
  readonly catalogue: Catalogue;
  readonly projection: Projection<DomainEvent>;
  /** Name under which the service keeps the projection's marks. */
  readonly subscriber: string;
}

/** End of the readable part of a lane: the mark before the unreadable event. */
interface LaneStop {
  readonly sequence: number;
  readonly hash: string;
  readonly offset: number;
}

/** A blocked event and its position. */
interface HeldBack {
  readonly event: StoredEvent;
  readonly offset: number;
  readonly reason: string;
}

/**
 * Fills fresh copies of a foreign projection's tables from the other service's topic and swaps them
 * in together with their marks. Safe while the service runs: the subscriber notices the moved mark
 * and continues from it.
 */
export function rebuildForeignProjection(options: ForeignRebuildOptions): Promise<Rebuilt> {
  return exclusively(options.pool, () => rebuildForeign(options));
}

/** {@link rebuildForeignProjection} for a command that already holds the maintenance lock. */
export async function rebuildForeign(options: ForeignRebuildOptions): Promise<Rebuilt> {
  const { pool, log, catalogue, projection } = options;
  const lanes = await partitionsOf(log, catalogue.topic);
  const client = await pool.connect();
  // A broken connection fails the next statement, which handles it.
  client.on('error', () => undefined);
  try {
    const copies = await TableCopies.make(client, projection.tables);
    const replay = new ForeignReplay(options, client, lanes, await recordsIn(log, catalogue.topic, lanes));
    await replay.toEnd();
    const lock = async () => {
      await replay.lockMarks();
      await copies.lockTables();
    };
    await swapInTransaction(client, lock, async () => {
      // The subscriber may be further than we are; visible rows must not disappear.
      await replay.toEnd();
      await replay.moveMarks();
      await replay.holdBack();
      await copies.swap();
    });
    const { events, eventsPerSecond } = replay.count;
    const digests = await digestOf(pool, projection.tables);
    return { events, eventsPerSecond, digests, unreadable: replay.unreadable, left: [] };
  } finally {
    // Its search path must not return to the pool.
    client.release(true);
  }
}

class ForeignReplay {
  readonly count: ProgressCount;
  readonly unreadable: UnreadableFound[] = [];
  private readonly lanes: readonly LaneFollower[];
  private readonly stops = new Map<number, LaneStop>();
  private readonly held: HeldBack[] = [];
  private readonly heldStreams = new Set<string>();
  /** Skipped events by lane, loaded once an event is unreadable. */
  private readonly skipped = new Map<number, ReadonlyMap<number, string>>();

  constructor(
    private readonly options: ForeignRebuildOptions,
    private readonly client: PoolClient,
    lanes: number,
    total: number,
  ) {
    this.count = new ProgressCount(`rebuild ${options.projection.name}`, options, total);
    this.lanes = Array.from({ length: lanes }, (_, lane) => new LaneFollower(options.catalogue.service, lane));
  }

  async toEnd(): Promise<void> {
    for (const lane of this.lanes) if (!this.stops.has(lane.lane)) await this.laneToEnd(lane);
  }

  /** Reads and decodes a portion while Postgres writes the one before. */
  private async laneToEnd(follower: LaneFollower): Promise<void> {
    const { log, catalogue, projection } = this.options;
    let writing: Promise<void> | undefined;
    for await (const records of readLane(log, catalogue.topic, follower.lane, follower.offset)) {
      const recorded: Recorded<DomainEvent>[] = [];
      for (const record of records) {
        const { sequence, hash } = follower;
        const event = follower.follow(record);
        const read = event && (await this.recorded(event, record.offset));
        if (read === 'stop') this.stops.set(follower.lane, { sequence, hash, offset: record.offset });
        else if (read) recorded.push(read);
        if (read === 'stop') break;
      }
      await writing;
      writing = writeProjection(this.client, projection, follower.lane, recorded);
      writing.catch(() => undefined);
      this.count.add(records.length);
      if (this.stops.has(follower.lane)) break;
    }
    await writing;
  }

  /**
   * Decodes an event like a subscriber: an unknown type is skipped, an unknown version of a known
   * type is not.
   */
  private async recorded(event: StoredEvent, offset: number): Promise<Recorded<DomainEvent> | 'stop' | undefined> {
    const { catalogue, projection } = this.options;
    if (!wantsType(projection, event.type)) return undefined;
    if (this.heldStreams.has(event.streamId)) {
      this.held.push({ event, offset, reason: 'an earlier event of the same stream is unreadable' });
      return undefined;
    }
    try {
      return recordedEvent(event, readData(catalogue, event));
    } catch (error) {
      if (!(error instanceof UnreadableEvent) || error instanceof NewerEvent) throw error;
      return this.withoutReading(event, offset, error.message);
    }
  }

  /**
   * Handles an unreadable event like a subscriber: a skipped one is passed over, else the stream or
   * the lane is blocked.
   */
  private async withoutReading(event: StoredEvent, offset: number, reason: string): Promise<'stop' | undefined> {
    const { log, catalogue, projection } = this.options;
    const { lane, sequence, streamId, type } = event;
    let skipped = this.skipped.get(lane);
    if (!skipped) {
      skipped = await skippedInTopic(log, catalogue, lane, offset);
      this.skipped.set(lane, skipped);
    }
    const because = skipped.get(sequence);
    const found = { lane, sequence, id: eventId(event), streamId, type, reason };
    this.unreadable.push(because === undefined ? found : { ...found, skippedBecause: because });
    if (because !== undefined) return undefined;
    if (!projection.streamsApart) return 'stop';
    this.heldStreams.add(streamId);
    this.held.push({ event, offset, reason });
    return undefined;
  }

  async lockMarks(): Promise<void> {
    const { subscriber, catalogue } = this.options;
    const { length } = this.lanes;
    await this.client.query(
      `insert into subscriber_marks
       select $1, $2, lane, 0, decode(repeat('0', 64), 'hex'), 0 from generate_series(0, $3 - 1) lane on conflict do nothing`,
      [subscriber, catalogue.topic, length],
    );
    await this.client.query(
      'select from subscriber_marks where subscriber = $1 and topic = $2 order by lane for update',
      [subscriber, catalogue.topic],
    );
  }

  async moveMarks(): Promise<void> {
    const { subscriber, catalogue } = this.options;
    for (const follower of this.lanes) {
      const { lane } = follower;
      const stop = this.stops.get(lane);
      const { sequence, hash, offset } = stop ?? follower;
      const { rowCount } = await this.client.query(
        `update subscriber_marks set sequence = $4, hash = $5, log_offset = $6
         where subscriber = $1 and topic = $2 and lane = $3 and ($7 or sequence <= $4)`,
        [subscriber, catalogue.topic, lane, sequence, Buffer.from(hash, 'hex'), offset, stop === undefined],
      );
      // Visible rows must not disappear.
      if (rowCount === 0) {
        const { id, reason } = this.unreadable.find((found) => found.lane === lane)!;
        throw new Error(`${subscriber} is further than it can be rebuilt: ${id}: ${reason}; nothing was changed`);
      }
    }
  }

  /** Stores the blocked streams in place of the earlier ones. */
  async holdBack(): Promise<void> {
    const { subscriber, catalogue } = this.options;
    await this.client.query('delete from parked_events where subscriber = $1 and topic = $2', [
      subscriber,
      catalogue.topic,
    ]);
    for (const { event, offset, reason } of this.held) {
      const { lane, sequence, streamId, type } = event;
      await this.client.query(
        `insert into parked_events (subscriber, topic, lane, sequence, log_offset, stream_id, type, reason)
         values ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [subscriber, catalogue.topic, lane, sequence, offset, streamId, type, reason.slice(0, 2000)],
      );
    }
  }
}
