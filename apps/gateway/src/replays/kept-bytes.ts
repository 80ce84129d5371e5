/** Bytes that are counted for a row beside its answer. */
export const rowBytes = 512;
/** Number of counters of all bytes, so that requests do not wait for each other at one. */
const parts = 16;
export const partNames = Array.from({ length: parts }, (_, number) => `all/${number}`);

/** SQL: a moment after so many milliseconds. */
export const inMs = (parameter: string) => `clock_timestamp() + ${parameter} * interval '1 millisecond'`;
/** SQL: the counter of all bytes that an answer is counted in. */
export const part = `'all/' || ascii(answer_id) % ${parts}`;
/** SQL: bytes that are counted for some holders. */
export const sumOf = (holders: string) => `(select coalesce(sum(bytes), 0) from kept_bytes where ${holders})`;

/**
 * SQL: counts bytes of answers. Counters are locked in one order by all statements, so that none
 * waits for another that waits for it.
 */
export const counted = (counts: string) => `
  insert into kept_bytes (holder, bytes) select holder, sum(bytes) from (${counts}) counts (holder, bytes)
  group by holder order by holder
  on conflict (holder) do update set bytes = kept_bytes.bytes + excluded.bytes`;
