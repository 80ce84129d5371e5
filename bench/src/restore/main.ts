import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism, cpus } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { load } from '../latencies.ts';
import { openStage, type Stage } from '../wallet/stage.ts';
import { batchSize, Transfers } from '../wallet/transfers.ts';

const help = `npm run bench:restore [-- <options>]

Deletes the wallet's database, restores it from Kafka alone, starts the wallet, and measures when and how fast callers are served while the
policies read the topics again.
  --events <n>    events in the topic (default 1000000)
  --seconds <n>   seconds of measuring callers afterwards (default 10)
  --callers <n>   callers that send transfers (default 8)`;

const cli = fileURLToPath(new URL('../../../tools/cli/dist/main.js', import.meta.url));
/** A transfer is two events: sent and received. */
const eventsPerTransfer = 2;
const fillers = 8;
/** Fewer events than callers create during the query. */
const fewUnread = 10_000;

async function fill(stage: Stage, events: number): Promise<void> {
  const transfers = new Transfers(stage, 'spread', undefined);
  const wanted = Math.ceil(events / eventsPerTransfer / batchSize);
  let begun = 0;
  const caller = async (index: number) => {
    while (begun < wanted) {
      begun += 1;
      await transfers.batch(index);
    }
  };
  await Promise.all(Array.from({ length: fillers }, (_, index) => caller(index)));
  transfers.close();
}

/** Waits until as many events are stored: sent tokens are received a moment later. */
async function stored({ postgres }: Stage, events: number): Promise<number> {
  const pool = new pg.Pool({ connectionString: postgres.url('wallet'), max: 1 });
  try {
    for (;;) {
      const { rows } = await pool.query<{ events: string }>('select sum(sequence) as events from lanes');
      if (Number(rows[0]!.events) >= events) return Number(rows[0]!.events);
      await delay(500);
    }
  } finally {
    await pool.end();
  }
}

async function loseDatabase({ postgres }: Stage): Promise<void> {
  const client = new pg.Client({ connectionString: postgres.url('postgres') });
  await client.connect();
  await client.query('drop database wallet with (force)');
  await client.end();
}

/** Runs the command like an operator. @throws Error if it fails */
async function restore({ postgres, brokers }: Stage): Promise<void> {
  const env = {
    ...process.env,
    TOKENGRID_HOME: '/nonexistent',
    KAFKA_BROKERS: brokers.join(','),
    DATABASE_URL: postgres.url('postgres'),
  };
  const child = spawn(process.execPath, [cli, 'restore', 'wallet'], { env, stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`restore ended with ${code}`);
}

/**
 * Number of events of the wallet's own topic that policies still have to read; `undefined` before
 * they have begun.
 */
async function unread(pool: pg.Pool): Promise<number | undefined> {
  const { rows } = await pool.query<{ left: string | null }>(
    `select sum(lanes.sequence - marks.sequence) as left
     from subscriber_marks marks join lanes using (lane) where marks.topic = 'tokengrid.wallet'`,
  );
  const [{ left } = { left: null }] = rows;
  return left === null ? undefined : Number(left);
}

const seconds = (sinceMs: number) => `${((performance.now() - sinceMs) / 1000).toFixed(1)} s`;

async function bench(stage: Stage, events: number, forSeconds: number, callers: number): Promise<void> {
  let started = performance.now();
  await fill(stage, events);
  const there = await stored(stage, events);
  console.log(`${there} events of transfers between ${stage.walletIds.length} wallets: ${seconds(started)}`);
  let restored = 0;
  await stage.whileStopped(async () => {
    await loseDatabase(stage);
    started = performance.now();
    await restore(stage);
    restored = performance.now();
    console.log(`restore: ${seconds(started)}`);
  });
  console.log(`the wallet is ready: ${seconds(restored)} after restore's end`);
  const transfers = new Transfers(stage, 'spread', undefined);
  await transfers.single(0);
  console.log(`the first transfer is answered 201: ${seconds(restored)} after restore's end`);
  const pool = new pg.Pool({ connectionString: stage.postgres.url('wallet'), max: 1 });
  const caughtUp = (async () => {
    while (((await unread(pool)) ?? Infinity) > fewUnread) await delay(100);
    return seconds(restored);
  })();
  const { perSecond, p50, p99 } = await load(callers, forSeconds, (caller) => transfers.single(caller));
  const latencies = `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`;
  console.log(`${callers} callers for the next ${forSeconds} s: ${Math.round(perSecond)} transfers/s, ${latencies}`);
  console.log(`policies have read the topic again: ${await caughtUp} after restore's end`);
  await pool.end();
  transfers.close();
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      events: { type: 'string', default: '1000000' },
      seconds: { type: 'string', default: '10' },
      callers: { type: 'string', default: '8' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(help);
  console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, Node ${process.version}`);
  const stage = await openStage({ processes: 1, nodeArguments: [] });
  try {
    await bench(stage, Number(values.events), Number(values.seconds), Number(values.callers));
  } finally {
    await stage.stop();
  }
}

await main();
