import { availableParallelism, cpus, totalmem } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { load, type Reached } from '../latencies.ts';
import { Books } from '../wallet/books.ts';
import { Connection } from '../stack/connection.ts';
import { openStage, type Stage } from '../wallet/stage.ts';
import { Transfers } from '../wallet/transfers.ts';
import { fill, type Filled } from './fill.ts';
import { type Question, questionsOf } from './questions.ts';
import { row, tableHead } from './report.ts';
import { measureStatement } from './statement.ts';

const help = `npm run bench:wallet-queries [-- <options>]

Measures reads of a wallet over HTTP with a large ledger: on an idle process, on one that takes transfers at the same
time, and on one beside that. The tables are filled by SQL, as the projections write them.
  --events <n>    events to fill in (default 5000000)
  --seconds <n>   duration of each measurement (default 2)
  --writers <n>   callers that send transfers (default 8)`;

/** Callers that send transfers one after another until they are stopped. */
class Writers {
  private readonly transfers: Transfers;
  private readonly ended: Promise<unknown>;
  private stopped = false;

  constructor(stage: Stage, callers: number) {
    this.transfers = new Transfers({ ...stage, urls: [stage.urls[0]!] }, 'spread', undefined);
    this.ended = Promise.all(Array.from({ length: callers }, (_, caller) => this.write(caller)));
  }

  get answered(): number {
    return this.transfers.answered;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.ended;
    this.transfers.close();
  }

  private async write(caller: number): Promise<void> {
    while (!this.stopped) await this.transfers.single(caller);
  }
}

/** Repeats one question over one connection. @throws Error for any answer but 200 */
async function ask(stage: Stage, url: string, { path }: Question, seconds: number): Promise<Reached> {
  const connection = new Connection(url, `host: bench\r\nauthorization: Bearer ${stage.operatorKey}\r\n`);
  try {
    return await load(1, seconds, async () => {
      const asked = path();
      const { status, body } = await connection.request('GET', asked);
      if (status !== 200) throw new Error(`GET ${asked}: ${status} ${body}`);
    });
  } finally {
    connection.close();
  }
}

async function bench(stage: Stage, events: number, seconds: number, writers: number): Promise<void> {
  const books = new Books(stage);
  const first = new Writers(stage, 4);
  while (first.answered < templates) await delay(10);
  await first.stop();
  await books.allArrived();
  books.close();
  console.log(`filling the wallet's tables with ${events} events by SQL:`);
  let filled: Filled | undefined;
  await stage.whileStopped(async () => {
    filled = await fill(stage, events);
  });
  const { walletIds, hotWalletId, hotEntries } = filled!;
  console.log(`${walletIds.length} wallets more, with 40 entries each, and one with ${hotEntries}`);
  const questions = questionsOf(filled!);
  const [busy, beside] = stage.urls as [string, string];
  const quiet = await askAll(stage, busy, questions, seconds);
  const writing = new Writers(stage, writers);
  const started = performance.now();
  const meanwhile = await askAll(stage, busy, questions, seconds);
  const elsewhere = await askAll(stage, beside, questions, seconds);
  const perSecond = (writing.answered * 1000) / (performance.now() - started);
  await writing.stop();
  console.log(tableHead);
  questions.forEach((question, index) => {
    console.log(row(question, [quiet[index]!, meanwhile[index]!, elsewhere[index]!]));
  });
  console.log(`transfers answered meanwhile: ${perSecond.toFixed(0)}/s, ${writers} callers`);
  await measureStatement(stage, hotWalletId);
}

/** Number of real transfers made first; the other rows are copied from theirs. */
const templates = 200;

async function askAll(
  stage: Stage,
  url: string,
  questions: readonly Question[],
  seconds: number,
): Promise<readonly Reached[]> {
  const reached: Reached[] = [];
  for (const question of questions) reached.push(await ask(stage, url, question, seconds));
  return reached;
}

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '5000000' },
    seconds: { type: 'string', default: '2' },
    writers: { type: 'string', default: '8' },
    help: { type: 'boolean', default: false },
  },
});
const [events, seconds, writers] = [values.events, values.seconds, values.writers].map(Number) as [
  number,
  number,
  number,
];

if (values.help || !(events >= 10_000) || !(seconds > 0) || !(writers > 0)) {
  console.log(help);
} else {
  const { model } = cpus()[0] ?? { model: 'unknown' };
  const memory = Math.round(totalmem() / 2 ** 30);
  console.log(
    `Node ${process.version}, ${availableParallelism()} × ${model}, ${memory} GiB; ${seconds} s a figure; two processes of the wallet`,
  );
  const stage = await openStage({ processes: 2, nodeArguments: [] });
  try {
    await bench(stage, events, seconds, writers);
  } finally {
    await stage.stop();
  }
}
