import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { load } from '../latencies.ts';
import { type CpuTime, cpuTimeOf } from '../stack/cpu-time.ts';
import { Arrivals } from './arrivals.ts';
import { sqlFloors, startBareHandler } from './floors.ts';
import { Reports, type Shape } from './reports.ts';
import { openStage, type Stage } from './stage.ts';

const help = `npm run bench:metering [-- <options>]

Measures uses of a model from their report over HTTP to their accrual, and beside it a handler that only parses reports,
\`COPY\` of the same uses, and their charges by one SQL statement.
  --payers <n>      payers of the uses (default 1000)
  --seconds <n>     how long each figure is measured (default 5)
  --rounds <n>      how often each is, in turns with those it is compared with (default 3)
  --steady <n>      uses per second of the steady load whose delays are measured (default 1000; 0: none)
  --soak <n>        reports as many uses in batches at the end, and prints the memory of each process (default 0)
  --only <text>     only figures whose name has it
  --node <options>  options of the services' node, such as --node=--cpu-prof (profiles are written to --cpu-prof-dir)`;

interface Case {
  readonly name: string;
  readonly shape: Shape;
  readonly callers: number;
  /** Uses of one request. */
  readonly size: number;
  /** Most µs of processor time per use, in all processes but the load. */
  readonly reach?: number;
}

const cases: readonly Case[] = [
  { name: 'singly', shape: 'spread', callers: 64, size: 1, reach: 400 },
  { name: 'by 100', shape: 'spread', callers: 4, size: 100, reach: 250 },
  { name: 'by 1,000', shape: 'spread', callers: 4, size: 1000, reach: 250 },
  { name: 'by 1,000, one payer', shape: 'hot', callers: 4, size: 1000, reach: 150 },
];
const warmUpSeconds = 4;
const steadyBatches = 50;
const soakSteps = 10;
const soakBatch = 1000;

class Bench {
  private accepted = 0;
  private readonly arrivals: Arrivals;

  constructor(
    private readonly stage: Stage,
    private readonly floorUrl: string,
    private readonly seconds: number,
  ) {
    this.arrivals = new Arrivals(stage);
  }

  async warmUp(): Promise<void> {
    for (const { shape, callers, size } of cases) await this.report(shape, callers, size, warmUpSeconds / cases.length);
  }

  async measure({ name, shape, callers, size, reach }: Case): Promise<void> {
    const floor = new Reports(this.stage, shape, this.floorUrl);
    const { perSecond: bare } = await load(callers, this.seconds, (caller) => send(floor, caller, size));
    floor.close();
    const before = cpuTimeOf(this.stage.processes);
    const { reached, accepted, seconds } = await this.report(shape, callers, size, this.seconds);
    const after = cpuTimeOf(this.stage.processes);
    const figures = [
      name.padEnd(20),
      String(callers).padStart(7),
      (reached.perSecond * size).toFixed(0).padStart(10),
      reached.p50.toFixed(1).padStart(8),
      reached.p99.toFixed(1).padStart(8),
      (accepted / seconds).toFixed(0).padStart(12),
      (bare * size).toFixed(0).padStart(12),
    ];
    console.log(figures.join(' '), before && after ? cpuText(before, after, accepted, reach) : '');
  }

  /** Delays and cost at a steady load. */
  async steady(perSecond: number): Promise<void> {
    const reports = new Reports(this.stage, 'spread');
    const before = cpuTimeOf(this.stage.processes);
    const start = performance.now();
    const since = Date.now();
    const size = Math.max(1, Math.round(perSecond / steadyBatches));
    const sent: Promise<void>[] = [];
    for (let batch = 0; batch < this.seconds * steadyBatches; batch++) {
      await delay(Math.max(0, start + (batch * 1000) / steadyBatches - performance.now()));
      sent.push(reports.batch(batch % steadyBatches, size));
      if (sent.length >= steadyBatches) await sent.shift();
    }
    await Promise.all(sent);
    this.accepted += reports.accepted;
    reports.close();
    await this.arrivals.accrued(this.accepted);
    const after = cpuTimeOf(this.stage.processes);
    const { p50, p99, uses } = await this.arrivals.chargeDelays(since);
    console.log(
      `steady ${perSecond}/s, ${uses} uses: reported to charged p50 ${Number(p50).toFixed(0)} ms, p99 ${Number(p99).toFixed(0)} ms (reach: p99 at most 1000 ms)`,
      before && after ? cpuText(before, after, Number(uses), undefined) : '',
    );
  }

  /** Memory while many uses pass. */
  async soak(uses: number): Promise<void> {
    const reports = new Reports(this.stage, 'spread');
    for (let step = 1; step <= soakSteps; step++) {
      const until = (uses * step) / soakSteps;
      const caller = async (index: number) => {
        while (reports.accepted < until) await reports.batch(index, soakBatch);
      };
      await Promise.all([0, 1, 2, 3].map(caller));
      await this.arrivals.accrued(this.accepted + reports.accepted);
      const memory = Object.entries(this.stage.processes)
        .filter(([name]) => name !== 'Postgres')
        .map(([name, [pid]]) => `${name} ${residentMiB(pid!)} MiB`);
      console.log(`${String(reports.accepted).padStart(9)} uses: ${memory.join(', ')}`);
    }
    this.accepted += reports.accepted;
    reports.close();
  }

  close(): void {
    this.arrivals.close();
  }

  private async report(shape: Shape, callers: number, size: number, seconds: number) {
    const reports = new Reports(this.stage, shape);
    const start = performance.now();
    const reached = await load(callers, seconds, (caller) => send(reports, caller, size));
    this.accepted += reports.accepted;
    reports.close();
    await this.arrivals.accrued(this.accepted);
    return { reached, accepted: reports.accepted, seconds: (performance.now() - start) / 1000 };
  }
}

const send = (reports: Reports, caller: number, size: number) =>
  size === 1 ? reports.single(caller) : reports.batch(caller, size);

function cpuText(before: CpuTime, after: CpuTime, uses: number, reach: number | undefined): string {
  const each = Object.entries(after).map(([name, time]) => [name, (time - before[name]!) / uses] as const);
  const all = each.filter(([name]) => name !== 'load').reduce((sum, [, time]) => sum + time, 0);
  const verdict = reach === undefined ? '' : `, reach ${reach}: ${all <= reach ? 'reached' : 'NOT REACHED'}`;
  return ` ${all.toFixed(0)} µs (${each.map(([name, time]) => `${name} ${time.toFixed(0)}`).join(', ')}${verdict})`;
}

function residentMiB(pid: number): number {
  const [, kib] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kib) / 1024);
}

const { values } = parseArgs({
  options: {
    payers: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    steady: { type: 'string', default: '1000' },
    soak: { type: 'string', default: '0' },
    only: { type: 'string', default: '' },
    node: { type: 'string', multiple: true, default: [] },
    help: { type: 'boolean', default: false },
  },
});
const [payers, seconds, rounds] = [Number(values.payers), Number(values.seconds), Number(values.rounds)];
const [steady, soak] = [Number(values.steady), Number(values.soak)];
const isCount = (value: number) => Number.isInteger(value) && value > 0;

if (values.help || !(seconds > 0) || !isCount(payers) || !isCount(rounds) || !(steady >= 0) || !(soak >= 0)) {
  console.log(help);
} else {
  const { model } = cpus()[0] ?? { model: 'unknown' };
  const memory = Math.round(totalmem() / 2 ** 30);
  console.log(
    `Node ${process.version}, ${availableParallelism()} × ${model}, ${memory} GiB; ${rounds} × ${seconds} s a figure; ${payers} payers, 6 lanes`,
  );
  const stage = await openStage(payers, values.node);
  const bare = await startBareHandler();
  try {
    const bench = new Bench(stage, bare.url, seconds);
    await bench.warmUp();
    console.log(
      `${''.padEnd(20)} callers accepted/s   p50 ms   p99 ms  accrued/s bare handler  processor time a use, without the load`,
    );
    const chosen = cases.filter(({ name }) => name.includes(values.only));
    for (let round = 0; round < rounds; round++) for (const each of chosen) await bench.measure(each);
    if (steady > 0) await bench.steady(steady);
    const { copied, charged } = await sqlFloors(stage.postgres);
    console.log(
      `floor: COPY of the uses ${copied.toFixed(0)}/s; their charges by one statement ${charged.toFixed(0)}/s`,
    );
    if (soak > 0) await bench.soak(soak);
    bench.close();
  } finally {
    await bare.stop();
    await stage.stop();
  }
}
