/** Groups for `--only`. */
export type Group = 'checks' | 'specs' | 'e2e';

/** Count of a step. A check counts as one, a run of jest as many as it has tests. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  /** One sentence each, for the summary. */
  readonly failures: readonly string[];
  /** Reason for not running, for the summary. */
  readonly notRun?: string;
}

/** One step of `npm test`. */
export interface Step {
  /** One word, for `--only`. */
  readonly name: string;
  readonly group: Group;
  /** One line: the rule that holds if this passes. */
  readonly holds: string;
  /** It disturbs no other, and keeps one core busy at most: it may run beside another such. */
  readonly mayRunBesideOthers?: boolean;
  /** It runs at low priority beside any other step, while that waits. One such step at a time. */
  readonly fillsIdleTime?: boolean;
  /** Rejects only if the step itself could not run. */
  run(signal: AbortSignal): Promise<Tally>;
}

/** A check that can't run on this machine. */
export class NotHere extends Error {
  override readonly name = 'NotHere';

  /** @param isFineInCi nothing is missing that CI should have brought */
  constructor(
    message: string,
    readonly isFineInCi = false,
  ) {
    super(message);
  }
}

/**
 * A check with requirements beyond the README's: without them it does not run, as the summary says.
 * CI has them, and there it must run.
 */
export function checkWherePossible(...[name, holds, find]: Parameters<typeof check>): Step {
  const { group, run } = check(name, holds, find);
  const runOrSay = async (signal: AbortSignal): Promise<Tally> => {
    try {
      return await run(signal);
    } catch (error) {
      if (!(error instanceof NotHere) || (process.env['CI'] === 'true' && !error.isFineInCi)) throw error;
      return { passed: 0, failed: 0, failures: [], notRun: `${name}: ${error.message}` };
    }
  };
  return { name, group, holds, run: runOrSay };
}

/** A check in this process: it passes if it finds no faults, one sentence each. */
export function check(name: string, holds: string, find: (signal: AbortSignal) => Promise<readonly string[]>): Step {
  const run = async (signal: AbortSignal): Promise<Tally> => {
    const faults = await find(signal);
    for (const fault of faults) console.error(`    ${fault}`);
    if (faults.length === 0) return { passed: 1, failed: 0, failures: [] };
    return { passed: 0, failed: 1, failures: faults.map((fault) => `${name}: ${fault}`) };
  };
  return { name, group: 'checks', holds, run };
}

/** Maximum number of concurrent steps: the cores of a small machine. */
const mostAtOnce = 2;

/**
 * Runs steps in order; adjacent ones that may run beside others do so, and ones that fill idle time
 * delay none. After an abort none begins.
 * @returns the result of each, in the order of the steps
 */
export async function runSteps<Result>(
  steps: readonly Step[],
  run: (step: Step) => Promise<Result>,
  signal: AbortSignal,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const waiting = [...steps.entries()];
  const running = new Map<Step, Promise<void>>();
  while (waiting.length > 0 && !signal.aborted) {
    const place = nextPlace(
      waiting.map(([, step]) => step),
      [...running.keys()],
    );
    if (place === undefined) {
      await Promise.race(running.values());
      continue;
    }
    const [[index, step]] = waiting.splice(place, 1) as [[number, Step]];
    const ended = run(step).then((result) => {
      results[index] = result;
      running.delete(step);
    });
    running.set(step, ended);
  }
  await Promise.all(running.values());
  return results.filter((result) => result !== undefined);
}

/** Place of the waiting step that can begin now; none: something has to end first. */
function nextPlace(waiting: readonly Step[], running: readonly Step[]): number | undefined {
  const [fillers, others] = [
    running.filter((step) => step.fillsIdleTime),
    running.filter((step) => !step.fillsIdleTime),
  ];
  for (const [place, step] of waiting.entries()) {
    if (step.fillsIdleTime) {
      if (fillers.length === 0) return place;
      continue;
    }
    const joins = [step, ...others].every(({ mayRunBesideOthers }) => mayRunBesideOthers);
    return others.length === 0 || (joins && others.length < mostAtOnce) ? place : undefined;
  }
  return undefined;
}
