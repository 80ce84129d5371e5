import type { StoredEvent } from '@tokengrid/contracts';
import type { DomainEvent, EventNamed, Recorded } from '@tokengrid/kernel';

/** A Postgres client or pool. */
export interface SqlClient {
  query<Row extends object = Record<string, unknown>>(
    text: string,
    parameters?: readonly unknown[],
  ): Promise<{ readonly rows: Row[]; readonly rowCount: number | null }>;
}

/**
 * SQL of a projection, in the transaction that stores the events or advances the mark. Statements
 * take effect in order. A resolved promise does not mean that the statement has run, so that a
 * whole transaction can be sent at once.
 */
export interface SqlWriter {
  query(text: string, parameters?: readonly unknown[]): Promise<unknown>;
}

/**
 * Collects one event. A method, whose parameters are bivariant, so that projections of any batch
 * fit in one list.
 */
type Collect<Batch, Event> = { collect(batch: Batch, event: Event): void }['collect'];

/** Handling of each event of `E` in a batch. */
export type Collectors<E extends DomainEvent, Batch> = {
  readonly [Type in E['type']]: Collect<Batch, Recorded<EventNamed<E, Type>>> | 'ignored';
};

/**
 * A read model. `E` is what it needs: of the service's own events whole groups, as in
 * `EventsOf<typeof holdEvents>`, so that a forgotten event does not compile; of another service's
 * only the events it wants. All others are passed over unread. A batch of events is collected in
 * memory, in order, and written by `flush` in a few set-based statements.
 */
export interface Projection<E extends DomainEvent, Batch = unknown> {
  readonly name: string;
  /**
   * Its tables, created by the service's migrations. SQL names them without a schema: a rebuild
   * fills its own copies.
   */
  readonly tables: readonly string[];
  /**
   * True if a stream's rows depend on that stream's events only. An unreadable foreign event then
   * blocks its stream, not the lane.
   */
  readonly streamsApart?: true;
  /**
   * Reads from another service's event what this projection needs of it, without decoding all of
   * it; `undefined` for an event that has to be decoded.
   */
  readonly glance?: (event: StoredEvent) => object | undefined;
  begin(): Batch;
  readonly on: Collectors<E, Batch>;
  /** @param lane lane of all events of the batch; statements on tables of a lane have to name it */
  flush(sql: SqlWriter, batch: Batch, lane: number): Promise<void>;
  /**
   * The same for several lanes in one statement each, where their rows are on one server: with few
   * events a lane, statements cost more than rows. Without it, each lane is flushed alone.
   */
  flushLanes?(sql: SqlWriter, ofLanes: readonly LaneRows<Batch>[]): Promise<void>;
}

/** What a projection collected in one lane. */
export interface LaneRows<Batch> {
  readonly lane: number;
  readonly batch: Batch;
}

/** The same entry for each event of a group. */
export function onEach<const D extends readonly { readonly type: string }[], Entry>(
  declarations: D,
  entry: Entry,
): { readonly [Type in D[number]['type']]: Entry } {
  return Object.fromEntries(declarations.map(({ type }) => [type, entry])) as {
    readonly [Type in D[number]['type']]: Entry;
  };
}

/** True if a projection does anything with events of a type. */
export function wantsType({ on }: Pick<Projection<DomainEvent>, 'on'>, type: string): boolean {
  return Object.hasOwn(on, type) && typeof on[type] === 'function';
}
