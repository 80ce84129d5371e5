import { added } from './checks/coverage.ts';
import { Violation } from './checks/violation.ts';
import { Dice } from './machine/dice.ts';
import { World } from './world/world.ts';

/**
 * Steps of one history, unless somebody says otherwise: long enough for days that end and parties
 * that run out of tokens, short enough to be run again and looked at.
 */
export const historyLength = 600;

/** How a simulation ended. */
export interface Simulated {
  readonly steps: number;
  readonly events: number;
  readonly histories: number;
  /** What happened, and how often. */
  readonly reached: ReadonlyMap<string, number>;
  readonly found: Found | undefined;
}

/** What was not as it has to be. */
export interface Found {
  /** Runs the same history again. */
  readonly seed: number;
  readonly violation: Violation;
  /** The last events of the history, one line each. */
  readonly events: readonly string[];
}

/** Runs histories, each with the next seed, until there are so many steps or something is found. */
export async function simulate(
  seed: number,
  steps: number,
  told?: (simulated: Simulated) => void,
  length = historyLength,
): Promise<Simulated> {
  let simulated: Simulated = { steps: 0, events: 0, histories: 0, reached: new Map(), found: undefined };
  while (simulated.steps < steps && !simulated.found) {
    const world = new World(new Dice(seed + simulated.histories));
    const found = await world.run(length).then(
      () => undefined,
      (error: unknown) => foundBy(error, seed + simulated.histories, world),
    );
    simulated = {
      steps: simulated.steps + world.steps,
      events: simulated.events + world.checker.events,
      histories: simulated.histories + 1,
      reached: added(simulated.reached, world.checker.reached),
      found,
    };
    told?.(simulated);
  }
  return simulated;
}

function foundBy(error: unknown, seed: number, { checker }: World): Found {
  if (!(error instanceof Violation)) throw error;
  return { seed, violation: error, events: checker.lastEvents };
}
