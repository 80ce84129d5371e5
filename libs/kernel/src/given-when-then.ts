import { deepStrictEqual } from 'node:assert/strict';
import { utcCalendar } from './calendar.ts';
import type { Aggregate, Decide, DecisionContext, OnSystemStream } from './decide.ts';
import { fold } from './decide.ts';
import type { DomainEvent } from './event.ts';

/**
 * Default context of a spec's sentence: the start of 2026 in UTC, lane 0 of 6, nothing looked up.
 */
export const someContext: DecisionContext = {
  ...{ time: Date.UTC(2026, 0, 1), calendar: utcCalendar },
  ...{ lane: 0, lanes: 6, system: undefined, found: () => undefined },
};

/**
 * A decision's test as a sentence: given events, when a command, then exactly these events, in this
 * order.
 */
export function givenFor<State, E extends DomainEvent>(aggregate: Aggregate<State, E>) {
  return (...history: readonly E[]) => ({
    when: <Data, System = undefined>(
      decide: Decide<State, Data, E, System>,
      data: Data,
      context?: Partial<DecisionContext<System>>,
    ) => {
      const decided = decide(fold(aggregate, history), data, {
        ...someContext,
        ...context,
      } as DecisionContext<System>);
      return {
        then: (...expected: readonly (E | OnSystemStream<E>)[]) => deepStrictEqual([...decided], expected),
        /** The events themselves, for properties that exact ends can't express. */
        decided,
      };
    },
    /** The state that the history folds into. */
    state: fold(aggregate, history),
  });
}
