import type { Calendar } from './calendar.ts';
import type { DomainEvent } from './event.ts';

/**
 * Facts for a decision beside its stream and its command. Nothing else reaches it: no clock, no
 * I/O, no randomness.
 */
export interface DecisionContext<System = undefined> {
  /** Epoch milliseconds by the lane's clock, which never steps back. */
  readonly time: number;
  /** The operator's days and months. */
  readonly calendar: Calendar;
  /** The deciding lane; `lanes` is their number. */
  readonly lane: number;
  readonly lanes: number;
  /** State of the lane's own system stream; `undefined` if the service has none. */
  readonly system: System;
  /**
   * Value under a key that the command names, as of the moment before this command; `undefined` if
   * there is none, or if the service looks up nothing.
   * @throws Error for a key that the command does not name: it was not looked up
   */
  readonly found: (key: string) => string | undefined;
}

/**
 * A decision: a pure function from state and command to events. At least one event is returned: a
 * refusal that depends on state is an event, too, so that a repeat gets the same answer.
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

/** Directs an event to the lane's system stream; see {@link OnSystemStream}. */
export function onSystemStream<E extends DomainEvent>(systemEvent: E): OnSystemStream<E> {
  return { systemEvent };
}

/** A kind of stream: its state, and the change by each event. */
export interface Aggregate<State, E extends DomainEvent> {
  /** Names the kind in logs and metrics. */
  readonly name: string;
  /**
   * Version to raise whenever `State` or `evolve` changes meaning: cached and stored states of
   * other versions are not used.
   */
  readonly stateVersion: number;
  readonly initial: State;
  readonly evolve: Evolve<State, E>;
}

/**
 * Pure, and total over the events of its kind of stream: no `default` branch, so that a forgotten
 * event does not compile. A method, whose parameters are bivariant, so that it need not list the
 * events of other kinds of streams.
 */
type Evolve<State, E extends DomainEvent> = { evolve(state: State, event: E): State }['evolve'];

/** Folds a history into a state. */
export function fold<State, E extends DomainEvent>(aggregate: Aggregate<State, E>, events: Iterable<E>): State {
  let state = aggregate.initial;
  for (const event of events) state = aggregate.evolve(state, event);
  return state;
}
