import type { DomainEvent, Recorded } from '@tokengrid/kernel';
import type { SqlClient } from './projection.ts';

/**
 * Values that commands name by keys (`Command.keys`) and decisions ask for
 * (`DecisionContext.found`): for a fact of too many rows for a stream's state, such as which uses
 * were reported before. A projection of the service's own events writes the rows, so that `restore`
 * and `rebuild` bring them back.
 */
export interface LookUp<E extends DomainEvent = DomainEvent> {
  /**
   * Stored values of keys of one lane; keys without one are left out. It runs in the transaction of
   * a batch, under the lane's lock, and is sent in the round trip that takes the lock: it must be
   * one statement, stated at once.
   */
  read(sql: SqlClient, lane: number, keys: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Keys that a stored event sets, with their values: what {@link read} finds from then on. */
  setBy(event: Recorded<E>): Iterable<readonly [key: string, value: string]>;
}

/** What a {@link LookUp} says of an event, whatever the storage. */
export type SetBy = LookUp['setBy'];
