import { type Catalogue, decodeData, type StoredEvent, UnreadableEvent } from '@tokengrid/contracts';
import type { DomainEvent, Recorded } from '@tokengrid/kernel';
import type { Pool, PoolClient } from 'pg';
import type { EventLog } from '../event-log.ts';
import { recordedEvent } from '../recorded-event.ts';
import { writeProjection } from '../postgres/lane-transaction.ts';
import type { Projection } from '../projection.ts';
import { digestOf } from './digest.ts';
import { exclusively } from './exclusive.ts';
import { LaneFollower } from './lane-follower.ts';
import { type MaintenanceOptions, ProgressCount } from './progress.ts';
import { partitionsOf, readLane, recordsIn } from './read-lane.ts';
import type { Rebuilt } from './rebuild-projections.ts';
import { swapInTransaction } from './swap-transaction.ts';
import { TableCopies } from './table-copies.ts';

export interface ForeignRebuildOptions extends MaintenanceOptions {
  readonly pool: Pool;
  readonly log: EventLog;
  /** Whose events it reads. */
  readonly catalogue: Catalogue;
  readonly projection: Projection<DomainEvent>;
  /** The name under which the service keeps the projection's marks. */
  readonly subscriber: string;
}

/**
 * Fills fresh copies of a foreign projection's tables from the other service's topic and puts them in place together with their marks,
 * while the service runs: its subscriber finds its mark moved, reads it again and goes on from there.
 */
export function rebuildForeignProjection(options: ForeignRebuildOptions): Promise<Rebuilt> {
  return exclusively(options.pool, () => rebuildForeign(options));
}

/** {@link rebuildForeignProjection} for a command that already keeps others out. */
export async function rebuildForeign(options: ForeignRebuildOptions): Promise<Rebuilt> {
  const { pool, log, catalogue, projection } = options;
  const lanes = await partitionsOf(log, catalogue.topic);
  const client = await pool.connect();
  // A connection that breaks fails the next statement, which is where it is met.
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
      // The subscriber may have come further than we had; what it has shown must not disappear.
      await replay.toEnd();
      await replay.moveMarks();
      await copies.swap();
    });
    const { events, eventsPerSecond } = replay.count;
    return { events, eventsPerSecond, digests: await digestOf(pool, projection.tables) };
  } finally {
    // Its search path must not go back into the pool.
    client.release(true);
  }
}

class ForeignReplay {
  readonly count: ProgressCount;
  private readonly lanes: readonly LaneFollower[];

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
    for (const lane of this.lanes) await this.laneToEnd(lane);
  }

  /** Reads and decodes a portion while Postgres writes the one before. */
  private async laneToEnd(follower: LaneFollower): Promise<void> {
    const { log, catalogue, projection } = this.options;
    let writing: Promise<void> | undefined;
    for await (const records of readLane(log, catalogue.topic, follower.lane, follower.offset)) {
      const recorded: Recorded<DomainEvent>[] = [];
      for (const record of records) {
        const event = follower.follow(record);
        const read = event && this.recorded(event);
        if (read) recorded.push(read);
      }
      await writing;
      writing = writeProjection(this.client, projection, recorded);
      writing.catch(() => undefined);
      this.count.add(records.length);
    }
    await writing;
  }

  /** As subscribers do: an unknown type is passed over, an unknown version of a known type is not. */
  private recorded(event: StoredEvent): Recorded<DomainEvent> | undefined {
    const declaration = this.options.catalogue.events[event.type];
    if (!declaration) return undefined;
    if (event.version > declaration.version)
      throw new UnreadableEvent(`${event.type}: version ${event.version} is later than the last known here`);
    if (this.options.projection.on[event.type] === 'ignored') return undefined;
    return recordedEvent(event, decodeData(declaration, event.version, event.value));
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
    for (const { lane, sequence, hash, offset } of this.lanes) {
      await this.client.query(
        `update subscriber_marks set sequence = $4, hash = $5, log_offset = $6
         where subscriber = $1 and topic = $2 and lane = $3`,
        [subscriber, catalogue.topic, lane, sequence, Buffer.from(hash, 'hex'), offset],
      );
    }
  }
}
