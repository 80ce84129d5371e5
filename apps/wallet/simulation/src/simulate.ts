import { added } from './checks/coverage.ts';
import { Dice } from './clients/dice.ts';
import { Violation } from './checks/violation.ts';
import { VirtualTime } from './machine/virtual-time.ts';
import { World } from './machine/world.ts';

/**
 * Commands of one history, unless somebody says otherwise: long enough for many lots and holds,
 * short enough to be run again and looked at. What a history keeps is forgotten with it, so that
 * any number of them can be run one after the other.
 */
export const historyLength = 1200;

/** How a simulation ended. */
export interface Simulated {
  /** That led to something, once each. */
  readonly commands: number;
  /** As often as they were sent, events' own commands not counted. */
  readonly sent: number;
  readonly events: number;
  readonly histories: number;
  /** What happened, and how often: types of event, and with refusals their code. */
  readonly reached: ReadonlyMap<string, number>;
  readonly found: Found | undefined;
}

/** What was not as it has to be. */
export interface Found {
  /** Runs the same history again. */
  readonly seed: number;
  readonly violation: Violation;
  /** The last events of the lane that it was found in, one line each. */
  readonly events: readonly string[];
}

/**
 * Runs histories, each with the next seed, until there are so many commands or something is found.
 */
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
