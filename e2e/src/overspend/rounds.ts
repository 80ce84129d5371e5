import { randomUUID } from 'node:crypto';
import type { Answer } from '../api/client.ts';
import type { Tokengrid } from '../api/tokengrid.ts';
import { walletsAreReady } from '../repeats/loss.ts';
import { untilAnswered } from './callers.ts';
import { good, type Kind, type Trial } from './trials.ts';

/** Result of a round. */
export interface Round {
  readonly done: number;
  readonly refused: number;
  readonly milliseconds: number;
  /** Violations; empty for a successful round. */
  readonly complaints: readonly string[];
}

/** Number of answers before a process is killed, while most callers wait. */
const answersBeforeTheKill = 5;
/** Number of callers that ask again in the end. */
const askAgain = 10;

/**
 * Lets all callers try at once, over both processes of the wallet, one of which may be killed
 * meanwhile.
 */
export async function round(grid: Tokengrid, kind: Kind, callers: number, kills: boolean): Promise<Round> {
  const trial = await kind.prepare(grid);
  const keys = Array.from({ length: callers }, () => randomUUID());
  const started = performance.now();
  const answers = await tryAll(grid, trial, keys, kills);
  const milliseconds = performance.now() - started;
  if (kills) await walletsAreReady(grid);
  const done = answers.filter((answer) => trial.isDone(answer)).length;
  const others = answers.filter((answer) => !trial.isDone(answer) && !trial.isRefused(answer));
  const complaints = [
    ...(done === good ? [] : [`${done} succeeded, not ${good}`]),
    ...new Set(others.map(({ status, body }) => `answered ${status} ${JSON.stringify(body)}`)),
    ...(await trial.complaints()),
    ...(await changedMinds(grid, trial, keys, answers)),
  ];
  return { done, refused: callers - done - others.length, milliseconds, complaints };
}

async function tryAll(grid: Tokengrid, trial: Trial, keys: readonly string[], kills: boolean): Promise<Answer[]> {
  let answered = 0;
  return Promise.all(
    keys.map(async (key, index) => {
      const answer = await untilAnswered(
        () => grid.wallets,
        index,
        (process) => trial.attempt(process, key),
      );
      answered += 1;
      if (kills && answered === answersBeforeTheKill) killOne(grid, keys.length);
      return answer;
    }),
  );
}

function killOne(grid: Tokengrid, chance: number): void {
  const pids = grid.stack.run.processes['wallet']!;
  process.kill(pids[(chance + pids[0]!) % pids.length]!, 'SIGKILL');
}

/** Callers that ask again and get another answer. */
async function changedMinds(grid: Tokengrid, trial: Trial, keys: readonly string[], answers: readonly Answer[]) {
  const again = await Promise.all(
    keys.slice(0, askAgain).map((key, index) =>
      untilAnswered(
        () => grid.wallets,
        index + 1,
        (process) => trial.attempt(process, key),
      ),
    ),
  );
  return again.flatMap(({ status, body }, index) => {
    const first = answers[index]!;
    const same = status === first.status && JSON.stringify(body) === JSON.stringify(first.body);
    return same ? [] : [`first ${JSON.stringify(first.body)}, then ${JSON.stringify(body)}`];
  });
}
