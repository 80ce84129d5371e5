import type { Catalogue } from '@tokengrid/contracts';
import type { Pool, PoolClient } from 'pg';
import type { EventLog } from '../event-log.ts';
import { storedLanes } from '../postgres/postgres-event-store.ts';
import { PostgresStorage } from '../postgres/postgres-storage.ts';
import { inTransaction } from '../postgres/transaction.ts';
import { ownDeletes } from '../postgres/watched-tables.ts';
import { exclusively } from './exclusive.ts';
import { foldStates, type KindOf } from './fold-states.ts';
import { LaneFollower } from './lane-follower.ts';
import { type MaintenanceOptions, ProgressCount } from './progress.ts';
import { readLane } from './read-lane.ts';
import { firstStored } from './stored-beginning.ts';

export interface RetireOptions extends MaintenanceOptions {
  readonly pool: Pool;
  readonly log: EventLog;
  readonly catalogue: Catalogue;
  readonly kindOf: KindOf;
  /** Events before this time are retired; epoch milliseconds. */
  readonly before: number;
}

/** Result for one lane. */
interface LaneRetired {
  readonly lane: number;
  readonly events: number;
  /** Sequence of the first event still stored; 0 in an empty lane. */
  readonly first: number;
}

export interface Retired {
  readonly lanes: readonly LaneRetired[];
  /** Number of streams whose state had to be folded first. */
  readonly folded: number;
}

/** Events deleted in one statement: few enough that no writer waits for long. */
const chunkEvents = 5000;

/**
 * Deletes old events from a service's database. A lane's events go only after the topic was read
 * from its first event with every hash checked, and agrees with the database at the last deleted
 * event; and after the states that they led to are stored.
 *
 * Unpublished events stay, and so does the last published one; command ids, states and projections
 * are unchanged. Safe while the service runs.
 * @throws LaneFault for a broken topic, Error for a topic without the events to delete
 */
export function retireEvents(options: RetireOptions): Promise<Retired> {
  const { pool, catalogue } = options;
  return exclusively(pool, async () => {
    const lanes = (await storedLanes(pool, catalogue.service)) ?? 0;
    const retired: (LaneRetired & { readonly folded: number })[] = [];
    for (let lane = 0; lane < lanes; lane++) retired.push(await retireLane(options, lanes, lane));
    return { lanes: retired, folded: retired.reduce((sum, { folded }) => sum + folded, 0) };
  });
}

async function retireLane(
  options: RetireOptions,
  lanes: number,
  lane: number,
): Promise<LaneRetired & { readonly folded: number }> {
  const { pool, catalogue, kindOf, before } = options;
  const { service } = catalogue;
  const storage = new PostgresStorage({ pool, service, lanes, projections: [], watched: [], onError: () => undefined });
  const first = (await firstStored(pool)).get(lane) ?? 0;
  const published = (await storage.publishedMark(lane)).sequence;
  const last = Math.min(await storage.sequenceAt(lane, before - 1), published - 1);
  if (first === 0 || last < first) return { lane, events: 0, first, folded: 0 };
  const { rows } = await pool.query<{ hash: Buffer }>('select hash from events where lane = $1 and sequence = $2', [
    lane,
    last,
  ]);
  await confirm(options, lane, last, rows[0]!.hash.toString('hex'));
  const count = new ProgressCount(`retire lane ${lane}`, options, last - first + 1);
  let folded = 0;
  for (let from = first; from <= last; from += chunkEvents) {
    const to = Math.min(last, from + chunkEvents - 1);
    folded += await foldStates(pool, catalogue, kindOf, lanes, { lane, from, to });
    const retire = (client: PoolClient) =>
      client.query('delete from events where lane = $1 and sequence between $2 and $3', [lane, from, to]);
    await inTransaction(pool, retire, ownDeletes);
    count.add(to - from + 1);
  }
  return { lane, events: last - first + 1, first: last + 1, folded };
}

/**
 * Reads the topic up to an event.
 * @throws LaneFault, or Error if the topic does not have it with that hash
 */
async function confirm({ log, catalogue }: RetireOptions, lane: number, last: number, hash: string): Promise<void> {
  const follower = new LaneFollower(catalogue.service, lane);
  for await (const records of readLane(log, catalogue.topic, lane, 0)) {
    for (const record of records) {
      if (follower.follow(record)?.sequence !== last) continue;
      if (follower.hash === hash) return;
      throw new Error(
        `lane ${lane}, sequence ${last} has another hash in the topic than in the database: nothing was taken out of it`,
      );
    }
  }
  throw new Error(
    `the topic ends at ${follower.sequence} of lane ${lane}, before ${last}: nothing was taken out of it`,
  );
}
