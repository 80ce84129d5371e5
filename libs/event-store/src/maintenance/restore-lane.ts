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
  /** Which kind of stream an id is of, where the service says so. */
  readonly kindOf?: KindOf | undefined;
  readonly lanes: number;
  readonly count: ProgressCount;
}

/** What one lane's restore found and did. */
export interface LaneRestored {
  readonly lane: number;
  /** Last sequence in the topic. */
  readonly topicSequence: number;
  /** Last sequence in the database, before and after. */
  readonly before: number;
  readonly after: number;
  /** Old events that had been retired and are back. */
  readonly refilled: number;
  /** Records that are no events of the lane, which readers pass over, and the first of them with what is wrong. */
  readonly garbage: number;
  readonly doubts: readonly string[];
  /** Events that were stored though no projection could be told what they say. */
  readonly unreadable: readonly UnreadableFound[];
}

/** Events written in one transaction, at least, but for the last ones. */
const batchEvents = 4000;

/**
 * Brings one lane of the database up to its topic: checks that what the database has is the topic's beginning, then stores
 * what follows, and before it what was retired. Each batch is one transaction under the lane's lock, and continues where the last one ended, whoever made it.
 * What readers pass over is passed over, and reported.
 * @throws LaneFault where readers could not go on either, Error where topic and database are two histories.
 */
export async function restoreLane(options: LaneRestoreOptions, lane: number): Promise<LaneRestored> {
  const { pool, log, catalogue } = options;
  const head = await headOf(pool, lane);
  const follower = new LaneFollower(catalogue.service, lane);
  const restore = new LaneRestore(options, lane, head);
  const refill = new Refill(pool, (await firstStored(pool)).get(lane) ?? 0);
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

/** A topic that is behind may be so, as long as the database goes on where it ends. */
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

/** Collects a lane's events into batches that end where a command ends. */
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
    // The last command's events may go on in the next portion.
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

  /** Only what some projection wants to know, and what can be read of it: the rest is reported. */
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
