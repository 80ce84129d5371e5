import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Postgres, startPostgres } from '@tokengrid/infra-local';
import type pg from 'pg';
import { freshDatabase } from '../event-store/stage.ts';
import { quantilesOf } from '../latencies.ts';
import { cpuTimeOf } from '../stack/cpu-time.ts';
import {
  createTable,
  fill,
  forgetOldest,
  knownKeys,
  type Layout,
  layouts,
  lookUps,
  megabytesOf,
  newKeys,
} from './layouts.ts';
import { modes, openUses } from './uses.ts';

const help = `npm run bench:marks [-- <options>]

Measures telling repeats by a row per use: look-ups of 1,000 keys in tables of different partitions, how old rows go, and
batches of 1,000 uses through a lane with and without it.
  --rows <n>     rows of a table (default 5000000)
  --rounds <n>   look-ups and batches of a figure (default 40)`;

/** Keys of a look-up, and uses of a batch. */
const keys = 1000;

const cell = (value: number, digits = 1) => value.toFixed(digits).padStart(10);

async function compareLayout(postgres: Postgres, layout: Layout, rows: number, rounds: number): Promise<void> {
  const { pool } = await freshDatabase(postgres);
  await createTable(pool, layout);
  await fill(pool, layout, rows);
  const size = await megabytesOf(pool);
  const asked = async (question: 'array' | 'join', isNew: boolean) =>
    lookUps(pool, question, isNew ? newKeys(keys) : knownKeys(keys, rows), rounds);
  const figures = [await asked('array', true), await asked('array', false), await asked('join', true)];
  const forgotten = await forgetOldest(pool, layout);
  const perMillion = (forgotten.milliseconds / forgotten.rows) * 1e6;
  console.log(
    `${layout.name.padEnd(18)}${String(layout.parts).padStart(4)}${cell(size.rows, 0)}${cell(size.indexes, 0)}` +
      `${figures.map((figure) => cell(figure)).join('')}${cell(perMillion, 0)}`,
  );
  await pool.end();
}

/** Largest memory of a process beside what it shares, in megabytes. */
async function ownMemoryOf(pids: readonly number[]): Promise<number> {
  const each = pids.map(async (pid) => {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    return Number(/^RssAnon:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1000;
  });
  return Math.max(0, ...(await Promise.all(each)));
}

async function backendsOf(pool: pg.Pool): Promise<readonly number[]> {
  const { rows } = await pool.query<{ pid: number }>(
    'select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  );
  return rows.map(({ pid }) => pid);
}

async function throughLane(
  postgres: Postgres,
  name: keyof typeof modes,
  rows: number,
  rounds: number,
): Promise<number> {
  const { pool } = await freshDatabase(postgres);
  await createTable(pool, layouts[1]!);
  await fill(pool, layouts[1]!, rows);
  const uses = await openUses(pool, modes[name]);
  const milliseconds: number[] = [];
  const measure = async (keysOf: (round: number) => readonly string[]) => {
    milliseconds.length = 0;
    for (let round = 0; round < 5; round++) await uses.send(keysOf(round));
    const groups = { postgres: postgres.pids() };
    const before = cpuTimeOf(groups);
    for (let round = 5; round < rounds + 5; round++) {
      const some = keysOf(round);
      const started = performance.now();
      await uses.send(some);
      milliseconds.push(performance.now() - started);
    }
    const after = cpuTimeOf(groups);
    const { p50, p99 } = quantilesOf(milliseconds);
    const of = (group: string) => ((after?.[group] ?? Number.NaN) - (before?.[group] ?? Number.NaN)) / rounds / keys;
    const own = process.memoryUsage().rss / 1e6;
    const backend = await ownMemoryOf(await backendsOf(pool));
    return { p50, line: `${[p50, p99, of('load'), of('postgres'), own, backend].map((each) => cell(each)).join('')}` };
  };
  const fresh = await measure(newKeys(keys));
  console.log(`${name.padEnd(34)}${fresh.line}`);
  if (modes[name].looksUp) {
    const repeats = await measure(knownKeys(keys, rows));
    console.log(`${'… and all are repeats'.padEnd(34)}${repeats.line}`);
  }
  await uses.close();
  await pool.end();
  return fresh.p50;
}

async function bench(postgres: Postgres, rows: number, rounds: number): Promise<void> {
  const memory = Math.round(totalmem() / 2 ** 30);
  console.log(
    `Node ${process.version}, ${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown'}, ${memory} GiB; ${rows} rows, ${keys} keys`,
  );
  console.log('partitions              MB rows  MB index    new ms  known ms  new, join  forget ms/million');
  for (const layout of layouts) await compareLayout(postgres, layout, rows, rounds);
  console.log(
    `\n${'a batch of 10 commands'.padEnd(34)}    p50 ms    p99 ms  Node µs   Postgres µs   MB Node  MB backend`,
  );
  const medians: number[] = [];
  for (const name of Object.keys(modes) as (keyof typeof modes)[])
    medians.push(await throughLane(postgres, name, rows, rounds));
  const [without, written, lookedUp] = medians as [number, number, number];
  console.log(
    `looked up / only written: ${(lookedUp / written).toFixed(2)}; / without marks: ${(lookedUp / without).toFixed(2)}`,
  );
}

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '5000000' },
    rounds: { type: 'string', default: '40' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  console.log(help);
} else {
  const home = await mkdtemp(join(tmpdir(), 'tokengrid-bench-marks-'));
  const postgres = await startPostgres({ home, databases: [] });
  try {
    await bench(postgres, Number(values.rows), Number(values.rounds));
  } finally {
    await postgres.stop();
    await rm(home, { recursive: true, force: true });
  }
}
