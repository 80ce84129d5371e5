import type { Pool } from 'pg';
import { storedLanes } from '../postgres/postgres-event-store.ts';
import type { LaneVerified } from './verify-topic.ts';

/** Result of comparing a lane's database with its topic. */
export interface LaneCompared {
  readonly lane: number;
  /** Number of stored events. */
  readonly stored: number;
  /** Number of earlier events, which only the topic has. */
  readonly retired: number;
  /**
   * Number of stored events that the topic lacked when it was read; some are normal in a running
   * service.
   */
  readonly unpublished: number;
  readonly fault: string | undefined;
}

/**
 * Compares a verified topic with the service's database: the number of events by the head, and the
 * hash at the topic's end, which covers all before it.
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
  // Events behind a fault of the topic were not read.
  else if (head < events) fault = `the topic has ${events} events, the database only ${head}: run restore`;
  else if (inTopic === undefined && events > 0 && rows[0]?.hash?.toString('hex') !== hash)
    fault = `sequence ${events} has another hash in the topic than in the database: the histories have forked`;
  return { lane, stored, retired, unpublished, fault };
}
