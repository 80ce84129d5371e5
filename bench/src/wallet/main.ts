import { availableParallelism, cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { load, type Reached } from '../latencies.ts';
import { Books } from './books.ts';
import { Floor, settle, type Shape } from './floor.ts';
import { type CpuTime, cpuTimeOf } from '../stack/cpu-time.ts';
import { findPgbench } from './pgbench.ts';
import { type Beside, printRatios, type Results, row, tableHead } from './report.ts';
import { openStage, type Stage, walletCount } from './stage.ts';
import { batchSize, Transfers } from './transfers.ts';

const help = `npm run bench:wallet [-- <options>]

Measures transfers over HTTP, answered after Postgres and Kafka, and beside it pgbench with a hand-written transfer function
on the same Postgres.
  --seconds <n>     how long each figure is measured (default 4)
  --rounds <n>      how often each is, in turns with those it is compared with (default 5)
  --processes <n>   processes of the wallet (default 1)
  --lanes <n>       lanes, as many as \`npm start\` has unless said (default 6)
  --only <text>     only figures whose name has it, without ratios
  --node <options>  options of the wallet's node, such as --node=--cpu-prof (its profile is written to --cpu-prof-dir)`;

/**
 * Measured cases in order: the floor, followed by the cases compared with it. Each list runs once
 * per round.
 */
const oneCaller = [
  { name: 'floor, spread', kind: 'floor', shape: 'spread', callers: 1 },
  { name: 'singles, spread', kind: 'single', shape: 'spread', callers: 1 },
  { name: 'floor, hot', kind: 'floor', shape: 'hot', callers: 1 },
  { name: 'singles, hot', kind: 'single', shape: 'hot', callers: 1 },
] as const;
const manyCallers = [
  { name: 'floor, spread', kind: 'floor', shape: 'spread', callers: 64 },
  { name: 'singles, spread', kind: 'single', shape: 'spread', callers: 64 },
  { name: 'floor, hot', kind: 'floor', shape: 'hot', callers: 64 },
  { name: 'singles, hot', kind: 'single', shape: 'hot', callers: 64 },
  { name: 'batches, spread', kind: 'batch', shape: 'spread', callers: 8 },
  { name: 'batches, hot', kind: 'batch', shape: 'hot', callers: 8 },
] as const;
type Case = (typeof oneCaller | typeof manyCallers)[number];

const warmUpSeconds = 4;
const warmUps = [
  { kind: 'single', shape: 'spread', callers: 64 },
  { kind: 'batch', shape: 'spread', callers: 2 },
] as const;

const perTransfer = (before: CpuTime, after: CpuTime, transfers: number): CpuTime =>
  Object.fromEntries(Object.entries(after).map(([name, time]) => [name, (time - before[name]!) / transfers]));

/** Measures cases one after another, and tracks the expected balances. */
class Bench {
  private expected: readonly bigint[] | undefined;
  readonly results: Results = new Map();

  constructor(
    private readonly stage: Stage,
    private readonly floor: Floor,
    private readonly books: Books,
    private readonly seconds: number,
  ) {}

  async measure({ name, kind, shape, callers }: Case): Promise<void> {
    await settle(this.stage.postgres);
    if (kind === 'floor') {
      this.report(name, callers, await this.floor.measure(shape, callers, this.seconds));
    } else {
      const { reached, ...beside } = await this.transfers(kind, shape, callers);
      this.report(name, callers, reached, beside);
    }
  }

  /**
   * Warms up, to the state of a server that has run for a while: code compiled, plans made, caches
   * filled.
   */
  async warmUp(): Promise<void> {
    for (const { kind, shape, callers } of warmUps) await this.transfers(kind, shape, callers, warmUpSeconds);
  }

  /** @throws Error if anything was lost, doubled or created */
  async check(): Promise<void> {
    await this.floor.check();
    if (this.expected) await this.books.mustHold(this.expected);
  }

  private async transfers(kind: 'single' | 'batch', shape: Shape, callers: number, seconds = this.seconds) {
    const transfers = new Transfers(this.stage, shape, this.expected);
    try {
      const size = kind === 'batch' ? batchSize : 1;
      const before = cpuTimeOf(this.stage.processes);
      const { perSecond, ...rest } = await load(callers, seconds, (caller) => transfers[kind](caller));
      const arrivedMs = await this.books.allArrived();
      const after = cpuTimeOf(this.stage.processes);
      const cpuPerTransfer = before && after && perTransfer(before, after, transfers.answered);
      return { reached: { ...rest, perSecond: perSecond * size }, arrivedMs, cpuPerTransfer };
    } finally {
      this.expected = transfers.expected;
      transfers.close();
    }
  }

  private report(name: string, callers: number, reached: Reached, beside: Beside = {}): void {
    const key = `${name}, ${callers}`;
    this.results.set(key, [...(this.results.get(key) ?? []), reached.perSecond]);
    console.log(row(name, callers, reached, beside));
  }
}

interface Measured {
  readonly seconds: number;
  readonly rounds: number;
  /** Filter of cases by a part of their name. */
  readonly only: string;
}

async function bench(stage: Stage, pgbench: string, { seconds, rounds, only }: Measured): Promise<void> {
  const books = new Books(stage);
  const floor = await Floor.open(stage.postgres, pgbench, stage.home);
  const run = new Bench(stage, floor, books, seconds);
  await run.warmUp();
  console.log(tableHead);
  for (const cases of [oneCaller, manyCallers]) {
    const chosen = cases.filter(({ name, callers }) => `${name}, ${callers}`.includes(only));
    for (let round = 0; round < rounds; round++) for (const each of chosen) await run.measure(each);
  }
  await run.check();
  console.log("all transfers arrived, every wallet's balance is right, and the books balance");
  if (only === '') printRatios(run.results);
  books.close();
}

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '5' },
    processes: { type: 'string', default: '1' },
    lanes: { type: 'string', default: '6' },
    only: { type: 'string', default: '' },
    node: { type: 'string', multiple: true, default: [] },
    help: { type: 'boolean', default: false },
  },
});
const seconds = Number(values.seconds);
const [rounds, processes, lanes] = [Number(values.rounds), Number(values.processes), Number(values.lanes)];
const isCount = (value: number) => Number.isInteger(value) && value > 0;

if (values.help || !(seconds > 0) || !isCount(rounds) || !isCount(processes) || !isCount(lanes)) {
  console.log(help);
} else {
  const pgbench = await findPgbench();
  const { model } = cpus()[0] ?? { model: 'unknown' };
  const memory = Math.round(totalmem() / 2 ** 30);
  console.log(
    `Node ${process.version}, ${availableParallelism()} × ${model}, ${memory} GiB; ${rounds} × ${seconds} s a figure; ${walletCount} wallets, ${lanes} lanes, processes of the wallet: ${processes}`,
  );
  const stage = await openStage({ processes, lanes, nodeArguments: values.node });
  try {
    await bench(stage, pgbench, { seconds, rounds, only: values.only });
  } finally {
    await stage.stop();
  }
}
