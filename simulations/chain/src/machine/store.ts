import { deserialize, serialize } from 'node:v8';
import { type Catalogue, declarationOf, decodeData, encodeEvent } from '@tokengrid/contracts';
import {
  type ChainedEvent,
  type Command,
  EventStore,
  IdempotencyKeyReused,
  type Outcome,
  type SoughtCommand,
  type Streams,
} from '@tokengrid/event-store';
import type { Aggregate, Calendar, Decide, DomainEvent, Recorded } from '@tokengrid/kernel';
import { laneOf, systemStreamId } from '@tokengrid/kernel';
import type { Fate } from './fate.ts';

/** Values that an event sets for later look-ups, as declared by the service. */
type SetBy<E extends DomainEvent> = (event: Recorded<E>) => Iterable<readonly [key: string, value: string]>;

/** Parameters of a service's store. */
export interface StoreOptions<E extends DomainEvent, System> {
  readonly catalogue: Catalogue<E>;
  readonly lanes: number;
  readonly system: Aggregate<System, E> | undefined;
  readonly setBy?: SetBy<E> | undefined;
  readonly calendar: Calendar;
  /** The storage's clock; epoch milliseconds. */
  readonly now: () => number;
  /** Told of each command's events, the moment that they are true. */
  readonly committed: (events: readonly Recorded<E>[]) => void;
}

interface Remembered {
  readonly revision: number;
  readonly state: unknown;
}

interface Stored<E extends DomainEvent> {
  readonly events: readonly Recorded<E>[];
  readonly inputHash: string | undefined;
}

/** What outlives a service's processes: its events, and what was said of commands. */
export class Storage<E extends DomainEvent> {
  readonly lanes: readonly Recorded<E>[][];
  readonly streams = new Map<string, Recorded<E>[]>();
  readonly commands = new Map<string, Stored<E>>();
  readonly claims = new Map<string, string>();
  readonly found = new Map<string, string>();

  constructor(lanes: number) {
    this.lanes = Array.from({ length: lanes }, () => []);
  }
}

/**
 * One process' event store: decides by the service's decisions, with states that it remembers until
 * it dies. Each command is a transaction of its own; that borders of batches do not matter to them
 * is the event store's promise, and its own specs'.
 */
export class SimulatedStore<E extends DomainEvent, System = undefined> extends EventStore<E, System> {
  readonly service: string;
  readonly lanes: number;
  private readonly remembered = new Map<string, Remembered>();

  constructor(
    private readonly options: StoreOptions<E, System>,
    private readonly storage: Storage<E>,
    private readonly fate: Fate,
  ) {
    super();
    this.service = options.catalogue.service;
    this.lanes = options.lanes;
  }

  override streams<State>(aggregate: Aggregate<State, E>): Streams<State, E, System> {
    return {
      handle: <Data>(decide: Decide<State, Data, E, System>, command: Command<Data>) =>
        this.living(() => {
          this.fate.mayBeBusy();
          return this.handled(aggregate, decide, command);
        }),
      load: (streamId) => this.living(() => this.loaded(streamId, aggregate).state as State),
    };
  }

  /** What a living process does at one time; it may die before or after. */
  private async living<T>(act: () => T): Promise<T> {
    this.fate.mayDie();
    const result = act();
    this.fate.mayDie();
    return Promise.resolve(result);
  }

  private handled<State, Data>(
    aggregate: Aggregate<State, E>,
    decide: Decide<State, Data, E, System>,
    command: Command<Data>,
  ): Outcome<E> {
    command.taken?.();
    const known = this.knownOutcome(command.id, command);
    if (known) return known;
    const lane = laneOf(command.streamId, this.lanes);
    const time = Math.max(this.options.now(), this.storage.lanes[lane]!.at(-1)?.time ?? 0);
    const own = this.loaded(command.streamId, aggregate);
    const decided = decide(own.state as State, command.data, this.contextOf(command, lane, time));
    if (decided.length === 0) throw new Error(`the decision on ${command.streamId} stated no event`);
    const events = this.recordedOf(decided, command, lane, time);
    this.commit(aggregate as Aggregate<unknown, E>, events, command, lane);
    return { commandId: command.id, events, repeated: false, published: true };
  }

  private contextOf(command: Command<unknown>, lane: number, time: number) {
    const { calendar, system } = this.options;
    const found = (key: string) => {
      if (!command.keys?.includes(key)) throw new Error(`${key} was not looked up`);
      return this.storage.found.get(`${lane} ${key}`);
    };
    const systemState = system && this.loaded(systemStreamId(lane, this.lanes), system as Aggregate<unknown, E>).state;
    return { time, calendar, lane, lanes: this.lanes, system: systemState as System, found };
  }

  /** @throws Error for data that the event's own schema refuses */
  private recordedOf(
    decided: readonly (E | { readonly systemEvent: E })[],
    { id, streamId: ownStream, causationId = id, correlationId, actor }: Command<unknown>,
    lane: number,
    time: number,
  ): readonly Recorded<E>[] {
    const counts = new Map<string, number>();
    return decided.map((item, index) => {
      const event = 'systemEvent' in item ? item.systemEvent : item;
      const streamId = 'systemEvent' in item ? systemStreamId(lane, this.lanes) : ownStream;
      const declaration = declarationOf(this.options.catalogue as Catalogue, event.type)!;
      const sequence = this.storage.lanes[lane]!.length + 1 + index;
      const count = (counts.get(streamId) ?? 0) + 1;
      counts.set(streamId, count);
      return {
        type: event.type,
        data: decodeData(declaration, declaration.version, encodeEvent(declaration, event.data)),
        ...{ id: `${this.service}/${lane}/${sequence}`, service: this.service, lane, sequence },
        ...{ streamId, revision: (this.storage.streams.get(streamId)?.length ?? 0) + count },
        ...{ time, commandId: id, causationId, correlationId, actor },
      } as unknown as Recorded<E>;
    });
  }

  private commit(
    aggregate: Aggregate<unknown, E>,
    events: readonly Recorded<E>[],
    command: Command<unknown>,
    lane: number,
  ) {
    const { storage, options } = this;
    for (const event of events) {
      const isSystem = event.streamId !== command.streamId;
      const kind = isSystem ? (options.system as Aggregate<unknown, E>) : aggregate;
      const before = this.loaded(event.streamId, kind);
      const stream = storage.streams.get(event.streamId) ?? [];
      stream.push(event);
      storage.streams.set(event.streamId, stream);
      storage.lanes[lane]!.push(event);
      this.remembered.set(event.streamId, { revision: stream.length, state: kind.evolve(before.state, event as E) });
      for (const [key, value] of options.setBy?.(event) ?? []) storage.found.set(`${lane} ${key}`, value);
    }
    storage.commands.set(command.id, { events, inputHash: command.inputHash });
    options.committed(events);
  }

  /** The state of a stream: remembered, or folded from its events and stored in between. */
  private loaded(streamId: string, aggregate: Aggregate<unknown, E> | Aggregate<never, E>): Remembered {
    const events = this.storage.streams.get(streamId) ?? [];
    const known = this.remembered.get(streamId);
    if (known && known.revision === events.length) return known;
    const { initial, evolve } = aggregate as Aggregate<unknown, E>;
    const halfway = Math.floor(events.length / 2);
    const folded = events.slice(0, halfway).reduce<unknown>((state, event) => evolve(state, event as E), initial);
    const stored: unknown = deserialize(serialize(folded));
    const state = events.slice(halfway).reduce<unknown>((before, event) => evolve(before, event as E), stored);
    const loaded = { revision: events.length, state };
    this.remembered.set(streamId, loaded);
    return loaded;
  }

  private knownOutcome(commandId: string, sought?: SoughtCommand): Outcome<E> | undefined {
    const stored = this.storage.commands.get(commandId);
    if (!stored) return undefined;
    const { inputHash } = sought ?? {};
    if (inputHash !== undefined && inputHash !== stored.inputHash) throw new IdempotencyKeyReused(commandId);
    return { commandId, events: stored.events, repeated: true, published: true };
  }

  override outcomeOf(commandId: string, sought?: SoughtCommand): Promise<Outcome<E> | undefined> {
    return this.living(() => this.knownOutcome(commandId, sought));
  }

  override claim(commandId: string, streamId: string): Promise<string> {
    return this.living(() => {
      const { claims } = this.storage;
      if (!claims.has(commandId)) claims.set(commandId, streamId);
      return claims.get(commandId)!;
    });
  }

  override known(commands: readonly Pick<Command<unknown>, 'id'>[]): Promise<ReadonlySet<string>> {
    return this.living(() => new Set(commands.map(({ id }) => id).filter((id) => this.storage.commands.has(id))));
  }

  override eventsAfter(): Promise<readonly ChainedEvent[]> {
    throw new Error('events are read from the storage here');
  }

  override sequenceAt(): Promise<number> {
    throw new Error('sequences are read from the storage here');
  }

  override get knownEvents(): number {
    return this.storage.lanes.reduce((sum, { length }) => sum + length, 0);
  }

  override published(): Promise<void> {
    return Promise.resolve();
  }

  override get behindBecause(): undefined {
    return undefined;
  }

  override doubt(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  override lookAtLog(): Promise<void> {
    return Promise.resolve();
  }

  override warnings(): readonly string[] {
    return [];
  }

  override problems(): readonly string[] {
    return [];
  }

  override close(): Promise<void> {
    return Promise.resolve();
  }
}
