/** What `--only` chooses among. */
export type Group = 'checks' | 'specs' | 'e2e';

/** What a step counted. A check counts as one; a run of jest as many as it has tests. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  /** One sentence each, for the summary. */
  readonly failures: readonly string[];
  /** Why nothing was checked, for the summary. */
  readonly notRun?: string;
}

/** One thing that `npm test` does. */
export interface Step {
  /** One word, for `--only`. */
  readonly name: string;
  readonly group: Group;
  /** One line: what holds when this passes. */
  readonly holds: string;
  /** Rejects only when the step itself could not be done. */
  run(signal: AbortSignal): Promise<Tally>;
}

/** A check cannot be made on this machine. */
export class NotHere extends Error {
  override readonly name = 'NotHere';
}

/**
 * A check that needs what the README does not ask for: where that is missing it is not made, which the summary says. In CI,
 * which brings it, it has to be made.
 */
export function checkWherePossible(...[name, holds, find]: Parameters<typeof check>): Step {
  const { group, run } = check(name, holds, find);
  const runOrSay = async (signal: AbortSignal): Promise<Tally> => {
    try {
      return await run(signal);
    } catch (error) {
      if (!(error instanceof NotHere) || process.env['CI'] === 'true') throw error;
      return { passed: 0, failed: 0, failures: [], notRun: `${name}: ${error.message}` };
    }
  };
  return { name, group, holds, run: runOrSay };
}

/** A check in this process: it finds faults, one sentence each, and passes when there are none. */
export function check(name: string, holds: string, find: (signal: AbortSignal) => Promise<readonly string[]>): Step {
  const run = async (signal: AbortSignal): Promise<Tally> => {
    const faults = await find(signal);
    for (const fault of faults) console.error(`    ${fault}`);
    if (faults.length === 0) return { passed: 1, failed: 0, failures: [] };
    return { passed: 0, failed: 1, failures: faults.map((fault) => `${name}: ${fault}`) };
  };
  return { name, group: 'checks', holds, run };
}
