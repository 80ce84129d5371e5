import type { Aggregate, Decide, DecisionContext } from './decide.ts';
import { fold } from './decide.ts';
import type { DomainEvent } from './event.ts';
import { someContext } from './given-when-then.ts';

/** A command that is granted: its history and its data. */
export interface Granted<State, Data, E extends DomainEvent, System> {
  readonly aggregate: Aggregate<State, E>;
  readonly decide: Decide<State, Data, E, System>;
  readonly given: readonly E[];
  readonly when: NoInfer<Data>;
  readonly context?: Partial<DecisionContext<System>>;
}

/** Situation in which a reason for refusal holds: additional history, or other data. */
export interface Situation<Data, E extends DomainEvent, System> {
  readonly given?: readonly E[] | ((history: readonly E[]) => readonly E[]);
  readonly when?: Partial<Data>;
  readonly context?: Partial<DecisionContext<System>>;
}

/** A sentence about the refusals of a command: the expected reason, and the actual one. */
export interface PrecedenceCase {
  readonly name: string;
  readonly expected: string | undefined;
  readonly refusal: () => string | undefined;
}

/**
 * Sentences about the reasons for refusing a command, in the order of their declaration: without
 * any of them the command is granted; each of them is reached; and of two neighbours that both
 * hold, the earlier is stated.
 * @param apart pairs of neighbours that never hold together, each joined by ` | `
 * @throws RangeError for a pair in `apart` that is not adjacent, or whose situations need different
 * data
 */
export function precedenceCases<State, Data, E extends DomainEvent, Reason extends string, System = undefined>(
  granted: Granted<State, Data, E, System>,
  declared: readonly Reason[],
  situations: Readonly<Record<Reason, Situation<NoInfer<Data>, E, System>>>,
  apart: readonly `${Reason} | ${Reason}`[] = [],
): readonly PrecedenceCase[] {
  const refusalWhere = (...held: readonly Situation<Data, E, System>[]) => reasonFor(granted, held);
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

function reasonFor<State, Data, E extends DomainEvent, System>(
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

/** @throws RangeError if two situations need different data: only one of them could hold */
function distinct(parts: readonly object[]): readonly object[] {
  const said = new Map<string, unknown>();
  for (const [name, value] of parts.flatMap((part) => Object.entries(part))) {
    if (said.has(name) && said.get(name) !== value) throw new RangeError(`two situations differ in ${name}`);
    said.set(name, value);
  }
  return parts;
}

interface Reason {
  readonly code?: string;
  readonly limit?: string;
}

/**
 * Code of the decision, and the limit that it names; of an event about several items, that of the
 * first refused one.
 */
function reasonIn(decided: readonly object[]): string | undefined {
  for (const event of decided) {
    const data = ((event as DomainEvent).data ?? {}) as Reason & { readonly refused?: readonly Reason[] };
    const { code, limit } = data.refused?.[0] ?? data;
    if (code !== undefined) return limit === undefined ? code : `${code} ${limit}`;
  }
  return undefined;
}
