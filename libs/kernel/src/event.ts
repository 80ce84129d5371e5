/**
 * A fact stated by a decision: its type in the past tense, subject first (`TokensSent`), and its
 * data.
 */
export interface DomainEvent<Type extends string = string, Data = unknown> {
  readonly type: Type;
  readonly data: Data;
}

/**
 * Position of a stored event. Sequences count 1, 2, 3 … per lane; revisions 1, 2, 3 … per stream.
 */
export interface EventPosition {
  /** `<service>/<lane>/<sequence>`: unique for ever, the same after every restore. */
  readonly id: string;
  readonly service: string;
  readonly lane: number;
  readonly sequence: number;
  readonly streamId: string;
  readonly revision: number;
  /**
   * Epoch milliseconds, by the lane's own clock: never earlier than the event before it in the
   * lane.
   */
  readonly time: number;
  readonly commandId: string;
  readonly causationId: string;
  readonly correlationId: string;
  /** Person or part of the system that it goes back to, as a text. */
  readonly actor: string;
}

/** An event of the log: the fact, and its position. */
export type Recorded<E extends DomainEvent> = E extends DomainEvent ? E & EventPosition : never;

/** The member of the union `E` whose type is `Type`. */
export type EventNamed<E extends DomainEvent, Type extends E['type']> = Extract<E, { readonly type: Type }>;
