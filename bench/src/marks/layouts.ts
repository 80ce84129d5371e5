import { hash } from 'node:crypto';
import type pg from 'pg';
import { quantilesOf } from '../latencies.ts';

/** A way to keep one row per use: partitions, and what makes old rows go. */
export interface Layout {
  readonly name: string;
  /** Number of partitions by the time of storing; 1 for an undivided table. */
  readonly parts: number;
}

/** The second is metering's. */
export const layouts: readonly Layout[] = [
  { name: 'undivided', parts: 1 },
  { name: 'three weeks each', parts: 3 },
  { name: 'eight days each', parts: 6 },
  { name: 'a day each', parts: 37 },
];

/** Lane whose keys are looked up. */
export const measuredLane = 1;
export const lanes = 6;
const days = 37;

const columns = `lane int not null, part smallint not null, place smallint not null, key text collate "C" not null,
  sequence bigint not null, stored_on date not null, is_rated boolean not null`;

/** Creates a layout's table, `usage_marks`. */
export async function createTable(pool: pg.Pool, { parts }: Layout): Promise<void> {
  await pool.query(
    `create table usage_marks (${columns}, primary key (lane, sequence, place, part)) ${parts > 1 ? 'partition by list (part)' : ''};
     comment on table usage_marks is 'lane';
     create index on usage_marks (key);
     create index on usage_marks using brin (stored_on)`,
  );
  if (parts === 1) return;
  for (let part = 0; part < parts; part++)
    await pool.query(`create table usage_marks_${part} partition of usage_marks for values in (${part})`);
}

/** Key of a filled row. */
const keyOf = (row: number): string => hash('md5', String(row)).slice(0, 26);

/** Fills the table as days of uses would have, in order. Row n is of lane n modulo the lanes. */
export async function fill(pool: pg.Pool, { parts }: Layout, rows: number): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('set statement_timeout = 0; set synchronous_commit = off; set work_mem = $$64MB$$');
    await client.query(
      `insert into usage_marks
       select n % ${lanes}, n::bigint * ${parts} / ${rows}, n % 100, substr(md5(n::text), 1, 26), n / 100,
         date '2026-10-01' + (n::bigint * ${days} / ${rows})::int, true
       from generate_series(0, ${rows - 1}) n`,
    );
    await client.query('vacuum analyze usage_marks');
  } finally {
    client.release(true);
  }
}

/** Megabytes of the rows and of their indexes. */
export async function megabytesOf(pool: pg.Pool): Promise<{ readonly rows: number; readonly indexes: number }> {
  const { rows } = await pool.query<{ rows: number; indexes: number }>(
    `select sum(pg_relation_size(oid))::float8 / 1e6 as rows, sum(pg_indexes_size(oid))::float8 / 1e6 as indexes
     from pg_class where relname ~ '^usage_marks(_\\d+)?$' and relkind = 'r'`,
  );
  return rows[0]!;
}

/** Ways to ask for many keys. */
export const questions = {
  array: 'select lane, key, sequence, place, is_rated from usage_marks where key = any($1::text[])',
  join: `select lane, usage_marks.key, sequence, place, is_rated from unnest($1::text[]) asked (key)
    join usage_marks on usage_marks.key = asked.key`,
} as const;

/** Median milliseconds of look-ups, planned as in a transaction on lanes. */
export async function lookUps(
  pool: pg.Pool,
  question: keyof typeof questions,
  keysOf: (round: number) => readonly string[],
  rounds: number,
): Promise<number> {
  const client = await pool.connect();
  const milliseconds: number[] = [];
  try {
    await client.query('set plan_cache_mode = force_generic_plan; set enable_seqscan = off');
    for (let round = -3; round < rounds; round++) {
      const values = [keysOf(round)];
      const started = performance.now();
      await client.query({ name: question, text: questions[question], values });
      if (round >= 0) milliseconds.push(performance.now() - started);
    }
  } finally {
    client.release(true);
  }
  return quantilesOf(milliseconds).p50;
}

/** Keys that no row has. */
export const newKeys = (count: number) => (round: number) =>
  Array.from({ length: count }, (_, at) => keyOf(-1 - round * count - at - count * 100));

/** Keys of rows of the measured lane, anywhere among them. */
export const knownKeys = (count: number, rows: number) => () =>
  Array.from({ length: count }, () => keyOf(measuredLane + lanes * Math.floor(Math.random() * (rows / lanes - 1))));

/** Removes the oldest rows, a day's or a partition's. @returns rows removed, and milliseconds */
export async function forgetOldest(pool: pg.Pool, { parts }: Layout): Promise<{ rows: number; milliseconds: number }> {
  const client = await pool.connect();
  try {
    await client.query('set statement_timeout = 0; set max_parallel_maintenance_workers = 0');
    const where = parts === 1 ? `stored_on <= date '2026-10-01'` : 'part = 0';
    const counted = await client.query<{ rows: number }>(
      `select count(*)::int as rows from usage_marks where ${where}`,
    );
    const started = performance.now();
    if (parts === 1) {
      await client.query(`delete from usage_marks where ${where}`);
      await client.query('vacuum usage_marks');
    } else {
      await client.query('truncate usage_marks_0');
    }
    return { rows: counted.rows[0]!.rows, milliseconds: performance.now() - started };
  } finally {
    client.release(true);
  }
}
