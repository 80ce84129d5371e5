import type { LaneRows, Projection, SqlWriter } from './projection.ts';

/** A statement that writes rows of one lane, and the same for rows of several. */
export interface LaneStatement {
  /** `$1` is the lane, the other parameters are arrays. */
  readonly inLane: string;
  /** `$1` is an array as well: the lane of each row. */
  readonly inLanes: string;
}

/** Parts of a statement's text that depend on whether its rows are of one lane. */
export interface LanePart {
  /** The lane of a row. */
  readonly lane: string;
  /** Put before the arrays of `unnest`. */
  readonly array: string;
  /** Put before the names of its columns. */
  readonly column: string;
}

/**
 * A statement for both. A statement on one lane names it as a value, so that a distributed Postgres
 * sends it to that lane's server.
 */
export function laneStatement(text: (part: LanePart) => string): LaneStatement {
  return {
    inLane: text({ lane: '$1::int', array: '', column: '' }),
    inLanes: text({ lane: 'lane', array: '$1::int[], ', column: 'lane, ' }),
  };
}

/** Sends a statement with the rows of all lanes; nothing, if there are none. */
export async function writeRows<Row>(
  sql: SqlWriter,
  { inLane, inLanes }: LaneStatement,
  ofLanes: readonly { readonly lane: number; readonly rows: readonly Row[] }[],
  valuesOf: (rows: readonly Row[]) => readonly unknown[],
): Promise<void> {
  const some = ofLanes.filter(({ rows }) => rows.length > 0);
  const [first] = some;
  if (!first) return;
  const lanes = some.flatMap(({ lane, rows }) => rows.map(() => lane));
  await (some.length === 1
    ? sql.query(inLane, [first.lane, ...valuesOf(first.rows)])
    : sql.query(inLanes, [lanes, ...valuesOf(some.flatMap(({ rows }) => rows))]));
}

/** Both ways of flushing a projection, from one that writes what was collected in some lanes. */
export function flushing<Batch>(
  write: (sql: SqlWriter, ofLanes: readonly LaneRows<Batch>[]) => Promise<void>,
): Required<Pick<Projection<never, Batch>, 'flush' | 'flushLanes'>> {
  return { flush: (sql, batch, lane) => write(sql, [{ lane, batch }]), flushLanes: write };
}
