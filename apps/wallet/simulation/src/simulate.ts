import { added } from './checks/coverage.ts';
import { Dice } from './clients/dice.ts';
import { Violation } from './checks/violation.ts';
import { VirtualTime } from './machine/virtual-time.ts';
import { World } from './machine/world.ts';

/**
 * Default number of a history's commands: long enough for many lots and holds, short enough to be
 * run again and examined. A history's memory is freed at its end, so any number of histories can be
 * run in turn.
 */
export const historyLength = 1200;

/** Result of a simulation. */
export interface Simulated {
  /** Number of decided commands, each once. */
  readonly commands: number;
  /** Number of sent commands with repeats, without those of policies. */
  readonly sent: number;
  readonly events: number;
  readonly histories: number;
  /** Number of events by type, refusals also by code. */
  readonly reached: ReadonlyMap<string, number>;
  readonly found: Found | undefined;
}

/** A violation. */
export interface Found {
  /** Seed that runs the same history again. */
  readonly seed: number;
  readonly violation: Violation;
  /** Last events of the violating lane, one line each. */
  readonly events: readonly string[];
}

/** Runs histories, each with the next seed, up to a number of commands or the first violation. */
export async function simulate(
  seed: number,
  commands: number,
  told?: (simulated: Simulated) => void,
  length = historyLength,
): Promise<Simulated> {
  let simulated: Simulated = { commands: 0, sent: 0, events: 0, histories: 0, reached: new Map(), found: undefined };
  while (simulated.commands < commands && !simulated.found) {
    const world = new World(new Dice(seed + simulated.histories));
    const found = await new VirtualTime()
      .run(() => world.run(length))
      .then(
        () => undefined,
        (error: unknown) => foundBy(error, seed + simulated.histories, world),
      );
    const { checker } = world;
    simulated = {
      commands: simulated.commands + checker.commands,
      sent: simulated.sent + world.commandsSent,
      events: simulated.events + checker.history.reduce((sum, { length }) => sum + length, 0),
      histories: simulated.histories + 1,
      reached: added(simulated.reached, checker.reached),
      found,
    };
    told?.(simulated);
  }
  return simulated;
}

function foundBy(error: unknown, seed: number, { checker }: World): Found {
  if (!(error instanceof Violation)) throw error;
  return { seed, violation: error, events: checker.lastEvents() };
}
