import { Dice } from './dice.ts';
import { Violation } from './violation.ts';

/** One history: a program, its model, and what befalls them. Its dice decide everything. */
interface History<Unit extends string> {
  /**
   * Runs it to its end, which comes after that many units.
   * @throws Violation for the first difference between program and model
   */
  run(length: number): Promise<void>;
  /** Sums so far, in the order in which they are printed. */
  counts(): Readonly<Record<Unit | 'events', number>>;
  /** Occurrences so far by name, such as types of events and codes of refusals. */
  reached(): ReadonlyMap<string, number>;
  /** Last events before a violation, one line each. */
  lastEvents(): readonly string[];
}

/** Histories of one kind. */
export interface Simulation<Unit extends string> {
  /** The count that lengths are given in. */
  readonly unit: Unit;
  /**
   * Default length of a history. A history's memory is freed at its end, so any number of histories
   * can be run in turn.
   */
  readonly historyLength: number;
  readonly begin: (dice: Dice) => History<Unit>;
}

/** Result of a simulation. */
export interface Simulated<Unit extends string> {
  readonly counts: Readonly<Record<Unit | 'events' | 'histories', number>>;
  /** Occurrences by name. */
  readonly reached: ReadonlyMap<string, number>;
  readonly found: Found | undefined;
}

/** A violation. */
export interface Found {
  /** Seed that runs the same history again. */
  readonly seed: number;
  readonly violation: Violation;
  /** Last events of the history, one line each. */
  readonly events: readonly string[];
}

/**
 * Runs histories, each with the next seed, up to a number of units or the first violation.
 * @param told is told the sums after each history
 */
export async function simulate<Unit extends string>(
  { unit, historyLength, begin }: Simulation<Unit>,
  seed: number,
  most: number,
  told?: (simulated: Simulated<Unit>) => void,
  length = historyLength,
): Promise<Simulated<Unit>> {
  const counts = new Map<string, number>([[unit, 0]]);
  const reached = new Map<string, number>();
  let histories = 0;
  let found: Found | undefined;
  const result = () => ({
    counts: { ...Object.fromEntries(counts), histories } as Simulated<Unit>['counts'],
    reached,
    found,
  });
  while (counts.get(unit)! < most && !found) {
    const history = begin(new Dice(seed + histories));
    found = await history.run(length).then(
      () => undefined,
      (error: unknown) => foundBy(error, seed + histories, history),
    );
    histories += 1;
    add(counts, Object.entries<number>(history.counts()));
    add(reached, history.reached());
    told?.(result());
  }
  return result();
}

function foundBy(error: unknown, seed: number, history: History<string>): Found {
  if (!(error instanceof Violation)) throw error;
  return { seed, violation: error, events: history.lastEvents() };
}

function add(sums: Map<string, number>, more: Iterable<readonly [string, number]>): void {
  for (const [name, times] of more) sums.set(name, (sums.get(name) ?? 0) + times);
}
