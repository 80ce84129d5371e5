import type { Pool } from 'pg';
import { storedLanes } from '../postgres/postgres-event-store.ts';
import type { LaneVerified } from './verify-topic.ts';

/** How a lane's database stands to its topic. */
export interface LaneCompared {
  readonly lane: number;
  /** Events stored. */
  readonly stored: number;
  /** Events before those, which the topic alone has. */
  readonly retired: number;
  /** Stored events that were not in the topic yet when it was read; a service that takes commands has some at any moment. */
  readonly unpublished: number;
  readonly fault: string | undefined;
}

/**
 * Compares a verified topic with the service's database: as many events as the head says, and at the topic's end the same hash,
 * which stands for all before it.
 */
export async function compareWithDatabase(
  pool: Pool,
  service: string,
  topic: readonly LaneVerified[],
): Promise<readonly LaneCompared[]> {
  const lanes = await storedLanes(pool, service);
  if (lanes !== undefined && lanes !== topic.length)
    throw new Error(`the topic has ${topic.length} partitions, but the database was made for ${lanes} lanes`);
  const compared: LaneCompared[] = [];
  for (const lane of topic) compared.push(await compareLane(pool, lane));
  return compared;
}

async function compareLane(pool: Pool, { lane, events, hash, fault: inTopic }: LaneVerified): Promise<LaneCompared> {
  const { rows } = await pool.query<{ head: string; first: string | null; stored: string; hash: Buffer | null }>(
    `select head.sequence as head,
            (select min(sequence) from events e where e.lane = head.lane) as first,
            (select count(*) from events e where e.lane = head.lane and e.sequence <= head.sequence) as stored,
            (select hash from events e where e.lane = head.lane and e.sequence = $2) as hash
     from lanes head where head.lane = $1`,
    [lane, events],
  );
  const stored = Number(rows[0]?.stored ?? 0);
  const head = Number(rows[0]?.head ?? 0);
  const retired = Math.max(0, Number(rows[0]?.first ?? 1) - 1);
  const unpublished = Math.max(0, head - events);
  let fault: string | undefined;
  if (retired + stored !== head)
    fault = `the database has ${stored} events after ${retired} that were retired, but its lane says ${head}`;
  // What stands behind a fault in the topic was not read.
  else if (head < events) fault = `the topic has ${events} events, the database only ${head}: run restore`;
  else if (inTopic === undefined && events > 0 && rows[0]?.hash?.toString('hex') !== hash)
    fault = `sequence ${events} has another hash in the topic than in the database: the histories have forked`;
  return { lane, stored, retired, unpublished, fault };
}
