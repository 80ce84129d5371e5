import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { KafkaLog } from '@tokengrid/event-bus';
import type { EventLog } from '@tokengrid/event-store';
import { type Postgres, startKafka, startPostgres } from '@tokengrid/infra-local';
import { copyFloor, producerFloor, setBasedFloor } from './floors.ts';
import { load, type Reached } from './latencies.ts';
import { moveInOneTransaction } from './per-command.ts';
import { freshDatabase, InstantLog, lanes, openBenchStore } from './stage.ts';
import { account, benchCatalogue, move, wallets } from './transfers.ts';

const callerCounts = [1, 64, 512, 4096];
const poolSizes = [4, 8, 16, 32];
const seconds = Number(process.argv[2] ?? 4);

const show = (name: string, callers: number, { perSecond, p50, p99 }: Reached) =>
  console.log(
    `${name.padEnd(46)} ${String(callers).padStart(5)} ${perSecond.toFixed(0).padStart(9)} ${p50.toFixed(2).padStart(9)} ${p99.toFixed(2).padStart(9)}`,
  );

async function baseline(postgres: Postgres): Promise<Map<number, Reached>> {
  let best: { size: number; reached: Reached } | undefined;
  for (const size of poolSizes) {
    const { pool } = await freshDatabase(postgres, size);
    await prepare(pool);
    const reached = await load(64, seconds / 2, () => moveInOneTransaction(pool));
    if (!best || reached.perSecond > best.reached.perSecond) best = { size, reached };
    await pool.end();
  }
  console.log(`(a) pool sizes tried: ${poolSizes.join(', ')}; best at 64 callers: ${best!.size}`);
  const reached = new Map<number, Reached>();
  const { pool } = await freshDatabase(postgres, best!.size);
  await prepare(pool);
  for (const callers of callerCounts) {
    reached.set(callers, await load(callers, seconds, () => moveInOneTransaction(pool)));
    show('(a) one transaction per command', callers, reached.get(callers)!);
  }
  await pool.end();
  return reached;
}

/** Lanes' rows, which the store makes for itself. */
async function prepare(pool: Awaited<ReturnType<typeof freshDatabase>>['pool']): Promise<void> {
  await pool.query(
    `insert into lanes select lane, 0, decode(repeat('00', 32), 'hex'), 0 from generate_series(0, ${lanes - 1}) lane`,
  );
}

async function laned(name: string, postgres: Postgres, log: EventLog): Promise<Map<number, Reached>> {
  const { pool } = await freshDatabase(postgres);
  const { store } = await openBenchStore(pool, log);
  const accounts = store.streams(account);
  const work = () => {
    const from = wallets[Math.floor(Math.random() * wallets.length)]!;
    const to = wallets[Math.floor(Math.random() * wallets.length)]!;
    const id = randomUUID();
    return accounts.handle(move, { id, streamId: from, correlationId: id, data: { from, to, tokens: 5n } });
  };
  const reached = new Map<number, Reached>();
  for (const callers of callerCounts) {
    reached.set(callers, await load(callers, seconds, work));
    show(name, callers, reached.get(callers)!);
  }
  await store.close();
  await pool.end();
  return reached;
}

const home = await mkdtemp(join(tmpdir(), 'tokengrid-bench-'));
const [postgres, kafka] = await Promise.all([startPostgres({ home }), startKafka({ home })]);
const log = new KafkaLog({ brokers: kafka.brokers, clientId: 'bench' });
try {
  const { model } = cpus()[0] ?? { model: 'unknown' };
  console.log(
    `Node ${process.version}, ${availableParallelism()} × ${model}, ${Math.round(totalmem() / 2 ** 30)} GiB; ${seconds} s a figure; ${lanes} lanes, ${wallets.length} streams`,
  );
  console.log(`${''.padEnd(46)} callers         /s    p50 ms    p99 ms`);
  const a = await baseline(postgres);
  const b = await laned('(b) lanes, answered after commit', postgres, new InstantLog());
  const c = await laned('(c) lanes, answered after commit and Kafka', postgres, log);
  const { pool } = await freshDatabase(postgres);
  const thousand = await setBasedFloor(pool, 1000, seconds);
  const { pool: second } = await freshDatabase(postgres);
  const sixtyFour = await setBasedFloor(second, 64, seconds);
  const { pool: third } = await freshDatabase(postgres);
  const copied = await copyFloor(third, 200_000);
  await log.createTopic('bench.producer', { partitions: lanes, replicationFactor: 1 });
  const produced = await producerFloor(log, 'bench.producer', seconds);
  await Promise.all([pool.end(), second.end(), third.end()]);
  console.log(
    `floor: set-based SQL, 1,000 a transaction: ${thousand.toFixed(0)} commands/s; 64 a transaction: ${sixtyFour.toFixed(0)}`,
  );
  console.log(
    `floor: COPY of the event rows: ${copied.toFixed(0)} rows/s; bare producer: ${produced.toFixed(0)} messages/s`,
  );
  const at = (reached: Map<number, Reached>, callers: number) => reached.get(callers)!;
  const ratio = (value: number) => value.toFixed(2);
  console.log(`(b) / floor at 4,096 callers: ${ratio(at(b, 4096).perSecond / thousand)} (reach: ≥ 0.40)`);
  console.log(`(b) / (a) at 4,096 callers: ${ratio(at(b, 4096).perSecond / at(a, 4096).perSecond)} (reach: ≥ 12)`);
  console.log(`(c) / (b) at 4,096 callers: ${ratio(at(c, 4096).perSecond / at(b, 4096).perSecond)} (reach: ≥ 0.50)`);
  console.log(
    `one caller, (c) p50 / (a) p50: ${ratio(at(c, 1).p50 / at(a, 1).p50)} (reach: ≤ 1.5); topic ${benchCatalogue.topic}`,
  );
} finally {
  await log.close();
  await Promise.all([postgres.stop(), kafka.stop()]);
  await rm(home, { recursive: true, force: true });
}
