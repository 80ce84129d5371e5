/** What `--only` chooses among. */
export type Group = 'checks' | 'specs' | 'e2e';

/** What a step counted. A check counts as one; a run of jest as many as it has tests. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  /** One sentence each, for the summary. */
  readonly failures: readonly string[];
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
