import { availableParallelism, cpus, totalmem } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { load } from '../latencies.ts';
import { type CpuTime, cpuTimeOf } from '../stack/cpu-time.ts';
import { Arrivals } from './arrivals.ts';
import { type Floor, SqlFloor } from './floors.ts';
import { Registrations } from './registrations.ts';
import { openStage, type Stage } from './stage.ts';

const help = `npm run bench:onboarding [-- <options>]

Measures registrations of subscribers, singly and in batches, until every service has them and each has its wallet; beside
them the same rows by SQL alone.
  --seconds <n>     how long each figure is measured (default 5)
  --rounds <n>      how often each is, in turns with the others (default 3)
  --only <text>     only figures whose name has it
  --node <options>  options of the services' node, such as --node=--cpu-prof (profiles are written to --cpu-prof-dir)`;

interface Case {
  readonly name: string;
  readonly callers: number;
  /** Subscribers of one request. */
  readonly size: number;
  /** Registrations per second to reach. */
  readonly reach: number;
}

/** Most µs of processor time per registration, in all processes but the load. */
const reachMicroseconds = 1500;
const cases: readonly Case[] = [
  { name: 'singly', callers: 64, size: 1, reach: 500 },
  { name: 'by 100', callers: 4, size: 100, reach: 1500 },
  { name: 'by 1,000', callers: 2, size: 1000, reach: 1500 },
];
const warmUpSeconds = 3;

async function register(stage: Stage, arrivals: Arrivals, { callers, size }: Case, seconds: number) {
  const registrations = new Registrations(stage);
  const parties = await arrivals.everywhere();
  const before = cpuTimeOf(stage.processes);
  const start = performance.now();
  const reached = await load(callers, seconds, (caller) =>
    size === 1 ? registrations.single(caller) : registrations.batch(caller, size),
  );
  registrations.close();
  const arrived = (await arrivals.everywhere()) - parties;
  const { registered } = registrations;
  if (arrived !== registered) throw new Error(`${registered} were registered, ${arrived} have arrived`);
  const everywhere = registered / ((performance.now() - start) / 1000);
  return { reached, everywhere, registered, before, after: cpuTimeOf(stage.processes) };
}

/** Measures a case beside its floor, and prints its line. */
async function measure(stage: Stage, arrivals: Arrivals, sql: SqlFloor, each: Case, seconds: number): Promise<void> {
  const floor = await sql.measure(each.callers, each.size, seconds / 3);
  const { reached, everywhere, registered, before, after } = await register(stage, arrivals, each, seconds);
  const perSecond = reached.perSecond * each.size;
  const figures = [
    each.name.padEnd(10),
    String(each.callers).padStart(7),
    perSecond.toFixed(0).padStart(8),
    reached.p50.toFixed(1).padStart(8),
    reached.p99.toFixed(1).padStart(8),
    everywhere.toFixed(0).padStart(12),
    (perSecond / floor.perSecond).toFixed(3).padStart(8),
  ];
  console.log(
    `${figures.join(' ')} (reach ${each.reach}/s: ${perSecond >= each.reach ? 'reached' : 'NOT REACHED'})`,
    before && after ? cpuText(before, after, registered, floor) : '',
  );
}

/** Prints the processor time of a stack that nobody asks for anything. */
async function measureRest({ processes }: Stage, seconds: number): Promise<void> {
  const before = cpuTimeOf(processes);
  await delay(seconds * 1000);
  const after = cpuTimeOf(processes);
  if (!before || !after) return;
  const each = Object.keys(after).map((name) => [name, (after[name]! - before[name]!) / seconds / 1000] as const);
  console.log(`at rest, ms a second: ${each.map(([name, time]) => `${name} ${time.toFixed(0)}`).join(', ')}`);
}

function cpuText(before: CpuTime, after: CpuTime, registered: number, { microseconds }: Floor): string {
  const each = Object.entries(after).map(([name, time]) => [name, (time - before[name]!) / registered] as const);
  const all = each.filter(([name]) => name !== 'load').reduce((sum, [, time]) => sum + time, 0);
  const verdict = all <= reachMicroseconds ? 'reached' : 'NOT REACHED';
  const parts = each.map(([name, time]) => `${name} ${time.toFixed(0)}`).join(', ');
  const ratio =
    microseconds === undefined ? '' : `${(all / microseconds).toFixed(1)} × ${microseconds.toFixed(0)} of the floor; `;
  return ` ${all.toFixed(0)} µs (${ratio}${parts}; reach ${reachMicroseconds}: ${verdict})`;
}

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', default: '' },
    node: { type: 'string', multiple: true, default: [] },
    help: { type: 'boolean', default: false },
  },
});
const [seconds, rounds] = [Number(values.seconds), Number(values.rounds)];

if (values.help || !(seconds > 0) || !(Number.isInteger(rounds) && rounds > 0)) {
  console.log(help);
} else {
  const memory = Math.round(totalmem() / 2 ** 30);
  console.log(
    `Node ${process.version}, ${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown'}, ${memory} GiB; ${rounds} × ${seconds} s a figure, 6 lanes, all services`,
  );
  const stage = await openStage(values.node);
  const arrivals = await Arrivals.of(stage);
  const sql = await SqlFloor.open(stage.postgres);
  try {
    const chosen = cases.filter(({ name }) => name.includes(values.only));
    for (const each of chosen) await register(stage, arrivals, each, warmUpSeconds);
    await measureRest(stage, Math.min(seconds, 3));
    console.log(
      `${''.padEnd(10)} callers    new/s   p50 ms   p99 ms everywhere/s  / floor  processor time a registration, without the load`,
    );
    for (let round = 0; round < rounds; round++)
      for (const each of chosen) await measure(stage, arrivals, sql, each, seconds);
  } finally {
    await sql.close();
    await arrivals.close();
    await stage.stop();
  }
}
