import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { KafkaLog } from '@tokengrid/event-bus';
import { type EventLog, type Projection, rebuildProjections, restoreService } from '@tokengrid/event-store';
import { type Postgres, startKafka, startPostgres } from '@tokengrid/infra-local';
import type { DomainEvent } from '@tokengrid/kernel';
import type pg from 'pg';
import { copyFloor, producerFloor, setBasedFloor } from './floors.ts';
import { load, quantilesOf, type Reached } from '../latencies.ts';
import { moveInOneTransaction } from './per-command.ts';
import { freshDatabase, InstantLog, lanes, openBenchStore } from './stage.ts';
import { account, benchBalances, benchCatalogue, move, wallets } from './transfers.ts';

const help = `npm run bench:event-store [-- <seconds>]

Compares, on one Postgres and one Kafka of its own, commands through lanes with one transaction per command and with floors.
  <seconds>   how long each figure is measured (default 4)`;

const callerCounts = [1, 64, 512, 4096];
const poolSizes = [4, 8, 16, 32];
const seconds = Number(process.argv[2] ?? 4);
/** Commands of two lone callers, sent in turns, so that a noisy moment hits both. */
const loneRounds = 2000;

type Reach = ReadonlyMap<number, Reached>;

const show = (name: string, callers: number, { perSecond, p50, p99 }: Reached) =>
  console.log(
    `${name.padEnd(46)} ${String(callers).padStart(5)} ${perSecond.toFixed(0).padStart(9)} ${p50.toFixed(2).padStart(9)} ${p99.toFixed(2).padStart(9)}`,
  );

async function measure(name: string, work: () => Promise<unknown>): Promise<Reach> {
  const reached = new Map<number, Reached>();
  for (const callers of callerCounts) {
    reached.set(callers, await load(callers, seconds, work));
    show(name, callers, reached.get(callers)!);
  }
  return reached;
}

/**
 * A database for one transaction per command, with the rows of lanes that the store creates for
 * itself.
 */
async function perCommandDatabase(postgres: Postgres, poolSize: number): Promise<pg.Pool> {
  const { pool } = await freshDatabase(postgres, poolSize);
  await pool.query(
    `insert into lanes select lane, 0, decode(repeat('00', 32), 'hex'), 0 from generate_series(0, ${lanes - 1}) lane`,
  );
  return pool;
}

async function perCommand(postgres: Postgres): Promise<{ readonly reach: Reach; readonly pool: pg.Pool }> {
  let best = { size: 0, perSecond: 0 };
  for (const size of poolSizes) {
    const pool = await perCommandDatabase(postgres, size);
    const { perSecond } = await load(64, seconds / 2, () => moveInOneTransaction(pool));
    if (perSecond > best.perSecond) best = { size, perSecond };
    await pool.end();
  }
  console.log(`(a) pool sizes tried: ${poolSizes.join(', ')}; best at 64 callers: ${best.size}`);
  const pool = await perCommandDatabase(postgres, best.size);
  return { reach: await measure('(a) one transaction per command', () => moveInOneTransaction(pool)), pool };
}

/** Opens a store whose lanes answer after the commit and the log, and a command to send to it. */
async function lanedStore(postgres: Postgres, log: EventLog) {
  const { pool } = await freshDatabase(postgres);
  const { store } = await openBenchStore(pool, log);
  const accounts = store.streams(account);
  const send = () => {
    const from = wallets[Math.floor(Math.random() * wallets.length)]!;
    const to = wallets[Math.floor(Math.random() * wallets.length)]!;
    const id = randomUUID();
    return accounts.handle(move, {
      id,
      streamId: from,
      correlationId: id,
      actor: 'bench',
      data: { from, to, tokens: 5n },
    });
  };
  return { pool, store, send };
}

/** Median milliseconds of two lone callers that take turns. */
async function inTurns(first: () => Promise<unknown>, second: () => Promise<unknown>): Promise<[number, number]> {
  const milliseconds: [number[], number[]] = [[], []];
  for (let round = 0; round < loneRounds; round++) {
    for (const [index, work] of [first, second].entries()) {
      const start = performance.now();
      await work();
      milliseconds[index]!.push(performance.now() - start);
    }
  }
  return [quantilesOf(milliseconds[0]).p50, quantilesOf(milliseconds[1]).p50];
}

async function maintenance(postgres: Postgres, log: KafkaLog, pool: pg.Pool) {
  const projections = [benchBalances] as unknown as readonly Projection<DomainEvent>[];
  const rebuilt = await rebuildProjections({ pool, catalogue: benchCatalogue as never, projections });
  console.log(`rebuild of the balances: ${rebuilt.eventsPerSecond.toFixed(0)} events/s, ${rebuilt.events} events`);
  const empty = await freshDatabase(postgres);
  const restored = await restoreService({
    pool: empty.pool,
    log,
    catalogue: benchCatalogue as never,
    projections,
    foreignProjections: [],
  });
  await empty.pool.end();
  const same =
    JSON.stringify(restored.digests) === JSON.stringify(rebuilt.digests) ? 'the same digest' : 'ANOTHER DIGEST';
  console.log(
    `restore from the topic: ${restored.eventsPerSecond.toFixed(0)} events/s, ${restored.events} events, ${same}`,
  );
  return rebuilt.eventsPerSecond;
}

async function floors(postgres: Postgres, log: KafkaLog) {
  const withDatabase = async (work: (pool: pg.Pool) => Promise<number>) => {
    const { pool } = await freshDatabase(postgres);
    const perSecond = await work(pool);
    await pool.end();
    return perSecond;
  };
  const thousand = await withDatabase((pool) => setBasedFloor(pool, 1000, seconds));
  const sixtyFour = await withDatabase((pool) => setBasedFloor(pool, 64, seconds));
  const copied = await withDatabase((pool) => copyFloor(pool, 200_000));
  await log.createTopic('bench.producer', { partitions: lanes, replicationFactor: 1 });
  const produced = await producerFloor(log, 'bench.producer', seconds);
  console.log(
    `floor: set-based SQL, 1,000 a transaction: ${thousand.toFixed(0)} commands/s; 64 a transaction: ${sixtyFour.toFixed(0)}`,
  );
  console.log(
    `floor: COPY of the event rows: ${copied.toFixed(0)} rows/s; bare producer: ${produced.toFixed(0)} messages/s`,
  );
  return { thousand, copied };
}

async function bench(postgres: Postgres, log: KafkaLog): Promise<void> {
  const { model } = cpus()[0] ?? { model: 'unknown' };
  const memory = Math.round(totalmem() / 2 ** 30);
  console.log(
    `Node ${process.version}, ${availableParallelism()} × ${model}, ${memory} GiB; ${seconds} s a figure; ${lanes} lanes, ${wallets.length} streams`,
  );
  console.log(`${''.padEnd(46)} callers         /s    p50 ms    p99 ms`);
  const a = await perCommand(postgres);
  const b = await lanedStore(postgres, new InstantLog());
  const reachB = await measure('(b) lanes, answered after commit', b.send);
  await b.store.close();
  await b.pool.end();
  const c = await lanedStore(postgres, log);
  const reachC = await measure('(c) lanes, answered after commit and Kafka', c.send);
  const [loneA, loneC] = await inTurns(() => moveInOneTransaction(a.pool), c.send);
  await c.store.close();
  await a.pool.end();
  const rebuilt = await maintenance(postgres, log, c.pool);
  await c.pool.end();
  const { thousand, copied } = await floors(postgres, log);
  const most = (reach: Reach) => reach.get(4096)!.perSecond;
  console.log(`(b) / set-based floor at 4,096 callers: ${(most(reachB) / thousand).toFixed(2)} (reach: at least 0.40)`);
  console.log(`(b) / (a) at 4,096 callers: ${(most(reachB) / most(a.reach)).toFixed(1)} (reach: at least 12)`);
  console.log(`(c) / (b) at 4,096 callers: ${(most(reachC) / most(reachB)).toFixed(2)} (reach: at least 0.50)`);
  console.log(
    `one lone caller in turns, p50: (c) ${loneC.toFixed(2)} ms / (a) ${loneA.toFixed(2)} ms = ${(loneC / loneA).toFixed(2)} (reach: at most 1.5)`,
  );
  console.log(`rebuild / COPY: ${(rebuilt / copied).toFixed(2)} (reach: at least 0.50)`);
}

if (process.argv.includes('--help') || !(seconds > 0)) {
  console.log(help);
} else {
  const home = await mkdtemp(join(tmpdir(), 'tokengrid-bench-'));
  const [postgres, kafka] = await Promise.all([startPostgres({ home }), startKafka({ home })]);
  const log = new KafkaLog({ brokers: kafka.brokers, clientId: 'bench' });
  try {
    await bench(postgres, log);
  } finally {
    await log.close();
    await Promise.all([postgres.stop(), kafka.stop()]);
    await rm(home, { recursive: true, force: true });
  }
}
