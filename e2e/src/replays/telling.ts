import { randomUUID } from 'node:crypto';
import type { Random } from '../chaos/random.ts';
import type { Answer, Client } from '../api/client.ts';
import type { Tokengrid } from '../api/tokengrid.ts';
import { untilAnswered } from '../overspend/callers.ts';
import type { Market } from './market.ts';
import type { Use } from './script.ts';

/** How uses are told to metering. */
export interface Telling {
  readonly market: Market;
  readonly source: string;
  /** Times each is reported. */
  readonly times: number;
  /** Order of the reports; absent: as the uses happened, one batch after another. */
  readonly random?: Random;
  /** Processes that are told, and killed: all, or the first alone. */
  readonly kills: boolean;
}

const perBatch = 100;
const batchesAtOnce = 4;
/** Number of answers between two kills. */
const answersBetweenKills = 5;

/** Reports all uses and corrects the wrong ones. @returns number of processes killed meanwhile */
export async function tell(grid: Tokengrid, uses: readonly Use[], telling: Telling): Promise<number> {
  const killer = new Killer(grid, telling.random);
  const processes = () => (telling.kills ? grid.meterings : [grid.at('metering')]);
  const send = async (turn: number, work: (process: Client) => Promise<Answer>) => {
    const answer = await untilAnswered(processes, turn, work);
    if (telling.kills) killer.answered();
    return answer;
  };
  if (!telling.random) {
    for (const [turn, batch] of batchesOf(uses, () => perBatch).entries())
      await report(grid, telling, batch, turn, send);
    await correct(grid, uses, telling, send);
    return 0;
  }
  // Corrections come after their uses, beside further copies of them, and once more in the end.
  const { random, times } = telling;
  const inTime = uses.filter(({ isLate }) => !isLate);
  const late = uses.filter(({ isLate }) => isLate);
  const copies = (some: readonly Use[], count: number) =>
    batchesOf(random.shuffled(Array.from({ length: count }, () => some).flat()), () => 1 + random.below(perBatch));
  for (const some of [inTime, late]) {
    await reportAtOnce(grid, telling, copies(some, times - 1), send);
    await Promise.all([correct(grid, some, telling, send), reportAtOnce(grid, telling, copies(some, 1), send)]);
  }
  await correct(grid, uses, telling, send);
  await killer.bothAnswer;
  return killer.kills;
}

type Send = (turn: number, work: (process: Client) => Promise<Answer>) => Promise<Answer>;

function batchesOf(uses: readonly Use[], size: () => number): Use[][] {
  const batches: Use[][] = [];
  for (let at = 0; at < uses.length; at += batches.at(-1)!.length) batches.push(uses.slice(at, at + size()));
  return batches;
}

async function reportAtOnce(grid: Tokengrid, telling: Telling, batches: readonly Use[][], send: Send): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: batchesAtOnce }, async () => {
      while (next < batches.length) {
        const turn = next++;
        await report(grid, telling, batches[turn]!, turn, send);
      }
    }),
  );
}

async function report(
  grid: Tokengrid,
  { market, source }: Telling,
  uses: readonly Use[],
  turn: number,
  send: Send,
): Promise<void> {
  const events = uses.map(({ id, payer, kind, time, units }) => ({
    ...{ specversion: '1.0', type: 'tokengrid.usage', source, id, time },
    subject: market.payers[payer]!.partyId,
    data: { ...market.names[kind], units },
  }));
  const { status, body } = await send(turn, (process) =>
    process.post('/v1/events', grid.operatorKey, events, { contentType: 'application/cloudevents-batch+json' }),
  );
  if (status !== 202 || Number(body['accepted']) + Number(body['duplicates']) !== uses.length) {
    throw new Error(`a report was answered with ${status} ${JSON.stringify(body).slice(0, 500)}`);
  }
}

/** Corrects the wrong ones among uses that were reported. */
async function correct(grid: Tokengrid, uses: readonly Use[], { source }: Telling, send: Send): Promise<void> {
  for (const [turn, { id, corrected }] of uses.entries()) {
    if (!corrected) continue;
    const idempotencyKey = randomUUID();
    const body = { source, id, reason: 'counted wrong', ...(corrected.units && { units: corrected.units }) };
    const { status, body: answer } = await send(turn, (process) =>
      process.post('/v1/corrections', grid.operatorKey, body, { idempotencyKey }),
    );
    if (status !== 200)
      throw new Error(`the correction of ${id} was answered with ${status} ${JSON.stringify(answer)}`);
  }
}

/** Kills one of metering's processes every few answers, once both are up again. */
class Killer {
  kills = 0;
  /** Resolves when all processes are up after the last kill. */
  bothAnswer: Promise<void> = Promise.resolve();
  private answers = 0;
  private isWaiting = false;

  constructor(
    private readonly grid: Tokengrid,
    private readonly random: Random | undefined,
  ) {}

  answered(): void {
    this.answers += 1;
    if (this.isWaiting || this.answers % answersBetweenKills !== 0) return;
    const pids = this.grid.stack.run.processes['metering']!;
    if (pids.length < this.grid.meterings.length) return;
    process.kill(this.random!.pick(pids), 'SIGKILL');
    this.kills += 1;
    this.isWaiting = true;
    this.bothAnswer = this.untilReady().finally(() => (this.isWaiting = false));
    // A failure is that of the telling, which waits for this in the end.
    this.bothAnswer.catch(() => undefined);
  }

  private async untilReady(): Promise<void> {
    for (const process of this.grid.meterings) {
      await untilAnswered(
        () => [process],
        0,
        (one) => one.get('/health/ready'),
      );
    }
  }
}
