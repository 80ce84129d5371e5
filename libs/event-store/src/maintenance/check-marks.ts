import { firstPreviousHash } from '@tokengrid/contracts';
import type { Pool } from 'pg';
import type { EventLog } from '../event-log.ts';
import { LaneFault, LaneFollower } from './lane-follower.ts';
import type { MaintenanceOptions } from './progress.ts';
import { readLane } from './read-lane.ts';

/** A subscriber's mark in a lane, from the service's database. */
export interface StoredMark {
  readonly subscriber: string;
  readonly topic: string;
  readonly lane: number;
  readonly sequence: number;
  readonly hash: string;
}

/** A mark that contradicts its topic. */
export interface WrongMark extends StoredMark {
  /**
   * `other-event`: the topic has another event at this sequence, so the subscriber read another
   * history. `past-end`: the topic ends before it and needs `republish`. `unreadable`: the topic
   * can't be followed so far.
   */
  readonly kind: 'other-event' | 'past-end' | 'unreadable';
  readonly reason: string;
}

export interface MarkCheckOptions extends MaintenanceOptions {
  /** Database of the service whose subscribers are checked. */
  readonly pool: Pool;
  readonly log: EventLog;
}

/** Marks of all subscribers that have read anything. */
async function storedMarks(pool: Pool): Promise<readonly StoredMark[]> {
  const { rows } = await pool.query<StoredMark & { sequence: string; hash: Buffer }>(
    'select subscriber, topic, lane, sequence, hash from subscriber_marks where sequence > 0 order by subscriber, topic, lane',
  );
  return rows.map((row) => ({ ...row, sequence: Number(row.sequence), hash: row.hash.toString('hex') }));
}

/**
 * Compares subscribers' marks with their topics, reading each lane once from its first event.
 * Returns the contradictions.
 */
export async function checkMarks({ pool, log, signal }: MarkCheckOptions): Promise<readonly WrongMark[]> {
  const marks = await storedMarks(pool);
  const wrong: WrongMark[] = [];
  const byLane = Map.groupBy(marks, ({ topic, lane }) => `${topic}/${lane}`);
  for (const ofLane of byLane.values()) {
    signal?.throwIfAborted();
    wrong.push(...(await checkLane(log, ofLane)));
  }
  return wrong;
}

async function checkLane(log: EventLog, marks: readonly StoredMark[]): Promise<readonly WrongMark[]> {
  const { topic, lane } = marks[0]!;
  const partitions = await log.partitionsOf(topic);
  const { hashes, end, fault } =
    partitions !== undefined && lane < partitions
      ? await hashesAt(log, topic, lane, new Set(marks.map(({ sequence }) => sequence)))
      : { hashes: new Map<number, string>(), end: 0, fault: undefined };
  return marks.flatMap((mark): WrongMark[] => {
    const hash = hashes.get(mark.sequence);
    if (hash === mark.hash) return [];
    if (hash !== undefined)
      return [{ ...mark, kind: 'other-event', reason: 'the topic has another event at this sequence' }];
    if (fault !== undefined) return [{ ...mark, kind: 'unreadable', reason: fault }];
    return [{ ...mark, kind: 'past-end', reason: `the topic ends at ${end}: run republish` }];
  });
}

/** Hashes of a lane's events at some sequences, and the lane's end or fault. */
async function hashesAt(log: EventLog, topic: string, lane: number, wanted: ReadonlySet<number>) {
  const follower = new LaneFollower(topic.slice('tokengrid.'.length), lane);
  const hashes = new Map<number, string>();
  let fault: string | undefined;
  try {
    for await (const records of readLane(log, topic, lane, 0)) {
      for (const record of records) {
        const event = follower.follow(record);
        if (event && wanted.has(event.sequence)) hashes.set(event.sequence, event.hash);
      }
      if (hashes.size === wanted.size) break;
    }
  } catch (error) {
    if (!(error instanceof LaneFault)) throw error;
    fault = error.message;
  }
  return { hashes, end: follower.sequence, fault };
}

/**
 * Resets a policy's mark to the lane's beginning. Events that it reads again find their commands
 * stored, by id; events that it never read are handled now. Safe while the service runs: the
 * subscriber notices the moved mark.
 */
export async function resetMark(pool: Pool, { subscriber, topic, lane }: StoredMark): Promise<void> {
  await pool.query(
    'update subscriber_marks set sequence = 0, hash = $4, log_offset = 0 where subscriber = $1 and topic = $2 and lane = $3',
    [subscriber, topic, lane, Buffer.from(firstPreviousHash, 'hex')],
  );
}
