import type { Calendar } from './calendar.ts';
import type { DomainEvent } from './event.ts';

/**
 * What a decision may know beside its stream and its command. Nothing else reaches it: no clock, no
 * I/O, no randomness.
 */
export interface DecisionContext<System = undefined> {
  /** Epoch milliseconds by the lane's clock, which never steps back. */
  readonly time: number;
  /** The operator's days and months. */
  readonly calendar: Calendar;
  /** The lane that decides, and how many there are. */
  readonly lane: number;
  readonly lanes: number;
  /** State of the lane's own system stream; `undefined` where the service keeps none. */
  readonly system: System;
}

/**
 * A decision: from what is known and what is asked to what happened. Pure. At least one event comes
 * back: a refusal that depends on state is an event too, so that a repeat gets the same answer.
 */
export type Decide<State, Data, E extends DomainEvent, System = undefined> = (
  state: State,
  data: Data,
  context: DecisionContext<System>,
) => readonly (E | OnSystemStream<E>)[];

/** An event that belongs to the lane's system stream instead of the command's stream. */
export interface OnSystemStream<E extends DomainEvent> {
  readonly systemEvent: E;
}

/** Sends an event to the lane's system stream; see {@link OnSystemStream}. */
export function onSystemStream<E extends DomainEvent>(systemEvent: E): OnSystemStream<E> {
  return { systemEvent };
}

/** A kind of stream: what its state is, and how each event changes it. */
export interface Aggregate<State, E extends DomainEvent> {
  /** Names the kind in logs and metrics. */
  readonly name: string;
  /**
   * Raise it whenever `State` or `evolve` changes meaning: cached and stored states of another
   * version are not used.
   */
  readonly stateVersion: number;
  readonly initial: State;
  readonly evolve: Evolve<State, E>;
}

/**
 * Pure, and total over the events of its kind of stream: no `default` branch, so that a forgotten
 * event does not compile. Written as a method, whose parameters are bivariant, so that it need not
 * list what only stands in streams of another kind.
 */
type Evolve<State, E extends DomainEvent> = { evolve(state: State, event: E): State }['evolve'];

/** Folds a history into a state. */
export function fold<State, E extends DomainEvent>(aggregate: Aggregate<State, E>, events: Iterable<E>): State {
  let state = aggregate.initial;
  for (const event of events) state = aggregate.evolve(state, event);
  return state;
}
