import { laneStatement, type SqlWriter, writeRows } from '@tokengrid/event-store';

/** An event with uses. */
interface EventWithUses {
  readonly sequence: number;
  readonly uses: number;
}

/** All events of a lane with uses since the last call, in order, with their charges written. */
export interface LaneWithUses {
  readonly lane: number;
  readonly rows: readonly EventWithUses[];
}

/** Adds the charges of lanes to their sums, up to the last event that completed a stride. */
export const foldCharges = (sql: SqlWriter, ofLanes: readonly LaneWithUses[]): Promise<void> =>
  writeRows(sql, foldLanes, ofLanes, (events) => [
    events.map(({ sequence }) => sequence),
    events.map(({ uses }) => uses),
  ]);

const foldLanes = laneStatement(
  ({ lane, array, column }) => `
  select fold_usage(${lane}, array_agg(sequence order by sequence), array_agg(uses order by sequence))
  from unnest(${array}$2::bigint[], $3::bigint[]) event (${column}sequence, uses) group by ${lane}`,
);
