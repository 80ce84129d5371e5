/** Value of `comment` in queries of TypeORM over all lanes, in place of {@link acrossLanes}. */
export const inAllLanes = 'across lanes';

/**
 * First words of statements over all lanes of a table. Other statements name the lane of their
 * rows, so a distributed Postgres sends them to one server. No command waits for one over all.
 */
export const acrossLanes = `/* ${inAllLanes} */`;
