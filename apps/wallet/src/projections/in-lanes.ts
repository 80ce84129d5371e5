import type { Lanes } from '../streams/lanes.ts';

/** Finds rows by id, with one query per lane. */
export async function findInLanes<Row>(
  lanes: Pick<Lanes, 'of'>,
  ids: readonly string[],
  find: (lane: number, ids: readonly string[]) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  const byLane = Map.groupBy(ids, (id) => lanes.of(id));
  return (await Promise.all([...byLane].map(([lane, of]) => find(lane, of)))).flat();
}
