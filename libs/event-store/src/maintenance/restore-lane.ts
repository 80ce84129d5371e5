import { type Catalogue, declarationOf, type StoredEvent } from '@tokengrid/contracts';
import type { DomainEvent, Recorded } from '@tokengrid/kernel';
import type { Pool } from 'pg';
import type { EventLog } from '../event-log.ts';
import { recordedEvent } from '../recorded-event.ts';
import type { Projection } from '../projection.ts';
import { foldLongStreams, type KindOf } from './fold-states.ts';
import { LaneFollower } from './lane-follower.ts';
import type { ProgressCount } from './progress.ts';
import { readLane } from './read-lane.ts';
import { Refill } from './refill-events.ts';
import { headOf, type RestoreBatch, writeRestored } from './restore-batch.ts';
import { firstStored } from './stored-beginning.ts';
import { type UnreadableFound, UnreadableInLane } from './unreadable-found.ts';

export interface LaneRestoreOptions {
  readonly pool: Pool;
  readonly log: EventLog;
  readonly catalogue: Catalogue;
  readonly projections: readonly Projection<DomainEvent>[];
  /** Kind of a stream by its id, if the service defines it. */
  readonly kindOf?: KindOf | undefined;
  readonly lanes: number;
  readonly count: ProgressCount;
}

/** Result of restoring one lane. */
export interface LaneRestored {
  readonly lane: number;
  /** Last sequence in the topic. */
  readonly topicSequence: number;
  /** Last sequence in the database, before and after. */
  readonly before: number;
  readonly after: number;
  /** Number of retired events brought back. */
  readonly refilled: number;
  /**
   * Number of skipped records that are not events of the lane, and the faults of the first ones.
   */
  readonly garbage: number;
  readonly doubts: readonly string[];
  /** Stored events that no projection could read. */
  readonly unreadable: readonly UnreadableFound[];
}

/** Minimum number of events per transaction, except the last one. */
const batchEvents = 4000;

/**
 * Brings one lane of the database up to its topic. It checks that the database's events are a
 * prefix of the topic, then stores the rest, and before it the retired ones. Each batch is one
 * transaction under the lane's lock, and continues where the last one ended, whoever wrote it.
 * @throws LaneFault if readers could not continue either, Error if topic and database are two
 * histories
 */
export async function restoreLane(options: LaneRestoreOptions, lane: number): Promise<LaneRestored> {
  const { pool, log, catalogue } = options;
  const head = await headOf(pool, lane);
  const follower = new LaneFollower(catalogue.service, lane);
  const restore = new LaneRestore(options, lane, head);
  const refill = new Refill(pool, lane, (await firstStored(pool)).get(lane) ?? 0);
  try {
    for await (const records of readLane(log, catalogue.topic, lane, 0)) {
      for (const record of records) {
        const previousHash = follower.hash;
        const event = follower.follow(record);
        if (!event) continue;
        refill.take(event);
        restore.take(event, previousHash);
      }
      await refill.writeFull();
      await restore.writeFull();
      options.count.add(records.length);
    }
    if (follower.sequence < head.sequence) await checkBeginning(options, follower);
    await refill.commit();
  } finally {
    await refill.rollback();
  }
  await restore.writeRest();
  const { sequence: topicSequence } = follower;
  const after = Math.max(head.sequence, topicSequence);
  const { garbage, doubts } = follower;
  const unreadable = restore.unreadable.found();
  return { lane, topicSequence, before: head.sequence, after, refilled: refill.count, garbage, doubts, unreadable };
}

/** Checks the prefix; a topic may be behind if the database continues from its end. */
async function checkBeginning({ pool }: LaneRestoreOptions, { lane, sequence, hash }: LaneFollower): Promise<void> {
  if (sequence === 0) return;
  const { rows } = await pool.query<{ hash: Buffer }>('select hash from events where lane = $1 and sequence = $2', [
    lane,
    sequence,
  ]);
  if (rows[0]?.hash.toString('hex') !== hash) throw forkAt(lane, sequence);
}

function forkAt(lane: number, sequence: number): Error {
  return new Error(
    `lane ${lane}, sequence ${sequence} has another hash in the database than in the topic: the histories have forked. ` +
      'Keep both, find out which one was acknowledged, and restore into an empty database.',
  );
}

/** Collects a lane's events into batches of whole commands. */
class LaneRestore {
  private events: StoredEvent[] = [];
  private firstPreviousHash = '';
  readonly unreadable: UnreadableInLane;

  constructor(
    private readonly options: LaneRestoreOptions,
    private readonly lane: number,
    private readonly head: { readonly sequence: number; readonly hash: string },
  ) {
    this.unreadable = new UnreadableInLane(options.catalogue);
  }

  take(event: StoredEvent, previousHash: string): void {
    this.unreadable.pass(event);
    if (event.sequence <= this.head.sequence) {
      if (event.sequence === this.head.sequence && event.hash !== this.head.hash)
        throw forkAt(this.lane, event.sequence);
      return;
    }
    if (this.events.length === 0) this.firstPreviousHash = previousHash;
    this.events.push(event);
  }

  async writeFull(): Promise<void> {
    if (this.events.length < batchEvents) return;
    // The last command's events may continue in the next portion.
    const last = this.events.at(-1)!.commandId;
    let end = this.events.length - 1;
    while (end > 0 && this.events[end - 1]!.commandId === last) end -= 1;
    if (end > 0) await this.write(end);
  }

  async writeRest(): Promise<void> {
    if (this.events.length > 0) await this.write(this.events.length);
  }

  private async write(count: number): Promise<void> {
    const events = this.events.slice(0, count);
    const batch: RestoreBatch = {
      lane: this.lane,
      previousHash: this.firstPreviousHash,
      events,
      recorded: this.recorded(events),
      projections: this.options.projections,
    };
    const { pool, catalogue, kindOf, lanes } = this.options;
    await writeRestored(pool, batch);
    const range = { lane: this.lane, from: events[0]!.sequence, to: events.at(-1)!.sequence };
    if (kindOf) await foldLongStreams(pool, catalogue, kindOf, lanes, range);
    this.events = this.events.slice(count);
    this.firstPreviousHash = events.at(-1)!.hash;
  }

  /** Readable events that some projection uses; unreadable ones are reported. */
  private recorded(events: readonly StoredEvent[]): Recorded<DomainEvent>[] {
    const { catalogue, projections } = this.options;
    return events.flatMap((event) => {
      const isKnown = declarationOf(catalogue, event.type) !== undefined;
      if (isKnown && projections.every(({ on }) => typeof on[event.type] !== 'function')) return [];
      const data = this.unreadable.data(event);
      return data === undefined ? [] : [recordedEvent(event, data)];
    });
  }
}
