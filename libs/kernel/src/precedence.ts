import type { Aggregate, Decide, DecisionContext } from './decide.ts';
import { fold } from './decide.ts';
import type { DomainEvent } from './event.ts';
import { someContext } from './given-when-then.ts';

/** A command that is not refused: what happened before, and what is asked. */
export interface Granted<State, Data, E extends DomainEvent, System> {
  readonly aggregate: Aggregate<State, E>;
  readonly decide: Decide<State, Data, E, System>;
  readonly given: readonly E[];
  readonly when: Data;
  readonly context?: Partial<DecisionContext<System>>;
}

/** What makes a reason to refuse a command hold: more that happened, or else something other that is asked. */
export interface Situation<Data, E extends DomainEvent, System> {
  readonly given?: readonly E[] | ((history: readonly E[]) => readonly E[]);
  readonly when?: Partial<Data>;
  readonly context?: Partial<DecisionContext<System>>;
}

/** A sentence about what a command is refused for: what has to come out, and what does. */
export interface PrecedenceCase {
  readonly name: string;
  readonly expected: string | undefined;
  readonly refusal: () => string | undefined;
}

/**
 * What has to be true of the reasons that a command is refused for, in the order in which they are declared: without any of them it is
 * granted; each of them is reached; and of two neighbours that both hold, the earlier is told.
 * @param apart pairs of neighbours that never hold together, each joined by ` | `
 * @throws RangeError for a pair that is named apart and stands nowhere side by side, or whose situations ask for different things
 */
export function precedenceCases<State, Data, E extends DomainEvent, Reason extends string, System = undefined>(
  granted: Granted<State, Data, E, System>,
  declared: readonly Reason[],
  situations: Readonly<Record<Reason, Situation<Data, E, System>>>,
  apart: readonly `${Reason} | ${Reason}`[] = [],
): readonly PrecedenceCase[] {
  const refusalWhere = (...held: readonly Situation<Data, E, System>[]) => refusalOf(granted, held);
  const pairs = declared.slice(1).map((later, index) => [declared[index]!, later] as const);
  for (const pair of apart) {
    if (!pairs.some((two) => two.join(' | ') === pair)) throw new RangeError(`${pair}: no neighbours`);
  }
  return [
    { name: 'none of these', expected: undefined, refusal: () => refusalWhere() },
    ...declared.map((reason) => ({
      name: reason,
      expected: reason,
      refusal: () => refusalWhere(situations[reason]),
    })),
    ...pairs
      .filter(([earlier, later]) => !apart.includes(`${earlier} | ${later}`))
      .map(([earlier, later]) => ({
        name: `${earlier} before ${later}`,
        expected: earlier,
        refusal: () => refusalWhere(situations[later], situations[earlier]),
      })),
  ];
}

function refusalOf<State, Data, E extends DomainEvent, System>(
  { aggregate, decide, given, when, context }: Granted<State, Data, E, System>,
  held: readonly Situation<Data, E, System>[],
): string | undefined {
  const history = held.reduce<readonly E[]>(
    (before, { given: more = [] }) => (typeof more === 'function' ? more(before) : [...before, ...more]),
    given,
  );
  const data = Object.assign({}, when, ...distinct(held.map((each) => each.when ?? {}))) as Data;
  const known = Object.assign({}, someContext, context, ...distinct(held.map((each) => each.context ?? {})));
  return reasonIn(decide(fold(aggregate, history), data, known as DecisionContext<System>));
}

/** @throws RangeError where two situations ask for different things: then only one of them would hold */
function distinct(parts: readonly object[]): readonly object[] {
  const said = new Map<string, unknown>();
  for (const [name, value] of parts.flatMap((part) => Object.entries(part))) {
    if (said.has(name) && said.get(name) !== value) throw new RangeError(`two situations differ in ${name}`);
    said.set(name, value);
  }
  return parts;
}

/** The code of what was decided, and the limit that it names. */
function reasonIn(decided: readonly object[]): string | undefined {
  for (const event of decided) {
    const { code, limit } = ((event as DomainEvent).data ?? {}) as { readonly code?: string; readonly limit?: string };
    if (code !== undefined) return limit === undefined ? code : `${code} ${limit}`;
  }
  return undefined;
}
