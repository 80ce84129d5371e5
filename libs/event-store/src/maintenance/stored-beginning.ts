import type { Pool, PoolClient } from 'pg';
import { acrossLanes } from '../postgres/across-lanes.ts';

type Queryable = Pick<Pool | PoolClient, 'query'>;

/**
 * Sequence of the first stored event by lane; empty lanes are absent. More than 1: earlier events
 * were retired.
 */
export async function firstStored(client: Queryable): Promise<ReadonlyMap<number, number>> {
  const { rows } = await client.query<{ lane: number; sequence: string }>(
    `${acrossLanes} select lanes.lane, first.sequence from lanes
     cross join lateral (select sequence from events where events.lane = lanes.lane order by sequence limit 1) first
     order by lanes.lane`,
  );
  return new Map(rows.map(({ lane, sequence }) => [lane, Number(sequence)]));
}

/** @throws Error if old events are not in the database, for a command that needs all of them */
export async function refuseRetired(client: Queryable): Promise<void> {
  const retired = [...(await firstStored(client))].filter(([, sequence]) => sequence > 1);
  if (retired.length === 0) return;
  const where = retired.map(([lane, sequence]) => `lane ${lane} begins at ${sequence}`).join(', ');
  throw new Error(`all events are required, but old ones are not in the database (${where}): run restore first`);
}
