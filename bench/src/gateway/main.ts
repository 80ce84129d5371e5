import { randomInt } from 'node:crypto';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { load, quantilesOf, type Reached } from '../latencies.ts';
import { type Answered, Connection } from '../stack/connection.ts';
import { type CpuTime, cpuTimeOf } from '../stack/cpu-time.ts';
import { headOf } from '../stack/market.ts';
import { openStage, type Stage } from './stage.ts';

const help = `npm run bench:gateway [-- <options>]

Measures requests to a model through the gateway, each paid exactly out of a slice of its payer's tokens, beside the same
requests sent to the provider's server directly. A stream has 200 events. Each payer has a slice: what its first request costs
is a figure of its own.
  --payers <n>      payers of the spread figures (default 1000)
  --seconds <n>     how long each figure is measured (default 5)
  --rounds <n>      how often each is, in turns with those it is compared with (default 3)
  --only <text>     only figures whose name has it
  --node <options>  options of the gateway's node, such as --node=--cpu-prof (its profile is written to --cpu-prof-dir)`;

interface Case {
  readonly name: string;
  readonly kind: 'plain' | 'streams' | 'embeddings';
  readonly to: 'direct' | 'hot' | 'spread';
  /** Requests per second to reach. */
  readonly reach?: number;
}

const callers = 64;
const mostAttempts = 50;
const repeatMs = 200;
const cases: readonly Case[] = [
  { name: 'plain, direct', kind: 'plain', to: 'direct' },
  { name: 'plain, one payer', kind: 'plain', to: 'hot', reach: 2000 },
  { name: 'plain, spread', kind: 'plain', to: 'spread', reach: 2000 },
  { name: 'streams, direct', kind: 'streams', to: 'direct' },
  { name: 'streams, one payer', kind: 'streams', to: 'hot', reach: 300 },
  { name: 'streams, spread', kind: 'streams', to: 'spread', reach: 300 },
  { name: 'embeddings, direct', kind: 'embeddings', to: 'direct' },
  { name: 'embeddings, spread', kind: 'embeddings', to: 'spread' },
];
const messages = [{ role: 'user', content: 'Name two hundred words, please, one after the other.' }];

/** Requests of callers, each on a connection of its own per payer. */
class Requests {
  answered = 0;
  /** Requests that were answered 503 and sent again. */
  repeated = 0;
  private readonly connections = new Map<string, Connection>();

  constructor(private readonly stage: Stage) {}

  async send(caller: number, of: Case): Promise<void> {
    await this.sendOf(of.to === 'spread' ? this.payerOf(caller) : 0, caller, of);
  }

  /** Sends a payer's request. */
  async sendOf(payerNumber: number, caller: number, { kind, to }: Case): Promise<void> {
    const { stage } = this;
    const payer = stage.payers[payerNumber]!;
    const url = to === 'direct' ? stage.upstream : stage.gateway;
    const name = `${caller} ${url} ${payer.key}`;
    let connection = this.connections.get(name);
    if (!connection) this.connections.set(name, (connection = new Connection(url, headOf(payer.key))));
    const { path, body } = requestOf(kind, stage.model);
    const { status, body: answer } = await this.untilServed(connection, path, body);
    if (status !== 200) throw new Error(`POST ${path}: ${status} ${answer}`);
    if (kind === 'streams' && !answer.includes('[DONE]')) throw new Error(`a stream broke off: ${answer.slice(-500)}`);
    this.answered += 1;
  }

  /**
   * Repeats a request that is told to come again: on a busy machine a first slice may be late, and
   * the gateway may not have heard of the model yet.
   */
  private async untilServed(connection: Connection, path: string, body: string): Promise<Answered> {
    for (let attempt = 1; ; attempt++) {
      const answered = await connection.request('POST', path, body);
      if ((answered.status !== 503 && answered.status !== 404) || attempt === mostAttempts) return answered;
      this.repeated += 1;
      await delay(repeatMs);
    }
  }

  close(): void {
    for (const connection of this.connections.values()) connection.close();
  }

  /** One of the payers that a caller speaks for: a connection each, which stays. */
  private payerOf(caller: number): number {
    const each = Math.max(1, Math.floor(this.stage.payers.length / callers));
    return (caller * each + randomInt(each)) % this.stage.payers.length;
  }
}

function requestOf(kind: Case['kind'], model: string) {
  if (kind === 'embeddings') return { path: '/v1/embeddings', body: JSON.stringify({ model, input: 'two words' }) };
  const stream = kind === 'streams' ? { stream: true } : {};
  return { path: '/v1/chat/completions', body: JSON.stringify({ model, messages, ...stream }) };
}

const firstRequests = { name: 'first requests', kind: 'plain', to: 'spread' } as const;

/**
 * Sends the first request of each payer, for which its slice is asked for. Later ones find a slice,
 * as those of a payer do who is there for longer than a few seconds.
 */
async function measureFirst(stage: Stage): Promise<string> {
  const requests = new Requests(stage);
  // The model is known before the clock starts.
  await requests.sendOf(0, 0, firstRequests);
  const left = Array.from(stage.payers.keys()).slice(1);
  const before = cpuTimeOf(stage.processes);
  const milliseconds: number[] = [];
  const start = performance.now();
  const ofCaller = async (_: unknown, caller: number) => {
    for (let payer = left.pop(); payer !== undefined; payer = left.pop()) {
      const sent = performance.now();
      await requests.sendOf(payer, caller, firstRequests);
      milliseconds.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: callers }, ofCaller));
  const seconds = (performance.now() - start) / 1000;
  requests.close();
  await charged(stage);
  const after = cpuTimeOf(stage.processes);
  const reached = { perSecond: milliseconds.length / seconds, ...quantilesOf(milliseconds) };
  return line(firstRequests, reached, before && after && cpuText(before, after, milliseconds.length), requests);
}

function line(
  { name, reach }: Case,
  { perSecond, p50, p99 }: Pick<Reached, 'perSecond' | 'p50' | 'p99'>,
  cpu: string | undefined,
  { repeated }: Requests,
): string {
  const figures = [
    name.padEnd(20),
    perSecond.toFixed(0).padStart(10),
    p50.toFixed(1).padStart(8),
    p99.toFixed(1).padStart(8),
  ];
  const reachText = reach === undefined ? '' : ` (reach: ${reach}/s)`;
  return `${figures.join(' ')} ${cpu ?? ''}${reachText}${repeated === 0 ? '' : `, ${repeated} sent again`}`;
}

/** Measures a case. Returns its line. */
async function measure(stage: Stage, each: Case, seconds: number): Promise<string> {
  const requests = new Requests(stage);
  const before = cpuTimeOf(stage.processes);
  const reached = await load(callers, seconds, (caller) => requests.send(caller, each));
  requests.close();
  if (each.to !== 'direct') await charged(stage);
  const after = cpuTimeOf(stage.processes);
  return line(each, reached, before && after && cpuText(before, after, requests.answered), requests);
}

function cpuText(before: CpuTime, after: CpuTime, requests: number): string {
  const of = (name: string) => (after[name]! - before[name]!) / requests;
  return `  ${Object.keys(after)
    .map((name) => `${name} ${of(name).toFixed(0)}`)
    .join(', ')}`;
}

/** Waits until the chain rests: the last requests are charged and accrued. */
async function charged({ processes }: Stage): Promise<void> {
  const chain = ({ metering, wallet, settlement }: CpuTime) => metering! + wallet! + settlement!;
  for (let rests = 0; rests < 3;) {
    const before = cpuTimeOf(processes);
    await delay(300);
    const after = cpuTimeOf(processes);
    if (!before || !after) return;
    // Less than a twentieth of a core.
    rests = chain(after) - chain(before) < 15_000 * 3 ? rests + 1 : 0;
  }
}

const { values } = parseArgs({
  options: {
    payers: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', default: '' },
    node: { type: 'string', multiple: true, default: [] },
    help: { type: 'boolean', default: false },
  },
});
const [payers, seconds, rounds] = [Number(values.payers), Number(values.seconds), Number(values.rounds)];

if (values.help || !(payers > 0) || !(seconds > 0) || !(rounds > 0)) {
  console.log(help);
} else {
  const memory = (totalmem() / 2 ** 30).toFixed(0);
  console.log(
    `Node ${process.version}, ${availableParallelism()} × ${cpus()[0]?.model}, ${memory} GiB; ${payers} payers`,
  );
  const stage = await openStage(payers, values.node);
  try {
    const chosen = cases.filter(({ name }) => name.includes(values.only));
    const first = await measureFirst(stage);
    for (const each of chosen) await measure(stage, each, Math.min(seconds, 2));
    console.log(
      `${'figure'.padEnd(20)} ${'requests/s'.padStart(10)} ${'p50 ms'.padStart(8)} ${'p99 ms'.padStart(8)}   CPU µs a request`,
    );
    console.log(first);
    for (let round = 0; round < rounds; round++)
      for (const each of chosen) console.log(await measure(stage, each, seconds));
  } finally {
    await stage.stop();
  }
}
