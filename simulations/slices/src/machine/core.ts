import { type Catalogue, declarationOf, decodeData, encodeEvent } from '@tokengrid/contracts';
import type { Command, Outcome } from '@tokengrid/event-store';
import {
  type Aggregate,
  type Decide,
  type DomainEvent,
  laneOf,
  type OnSystemStream,
  type Recorded,
  systemStreamId,
  utcCalendar,
} from '@tokengrid/kernel';
import type { Dice } from '@tokengrid/simulation-kit';

/** Lanes of every service. */
export const lanes = 2;

/** What a process that died answers: what became of the command is unknown. */
export class ProcessDied extends Error {
  override readonly name = 'ProcessDied';
}

/** What a service's core goes by. */
interface CoreOptions<E extends DomainEvent> {
  readonly catalogue: Catalogue<E>;
  readonly system?: Aggregate<unknown, E>;
  /** What an event sets for later look-ups. */
  readonly setBy?: (event: Recorded<E>) => Iterable<readonly [key: string, value: string]>;
  readonly now: () => number;
  readonly dice: Dice;
  /** Told of a command's events as soon as they are stored. */
  readonly committed: (events: readonly Recorded<E>[], stateOf: (streamId: string) => unknown) => void;
}

/**
 * A service's store in memory: commands are decided one by one, and their ids are kept. A process
 * may die before or after a commit, and knows afterwards what is stored, and nothing else.
 */
export class Core<E extends DomainEvent> {
  readonly lanes: Recorded<E>[][] = Array.from({ length: lanes }, () => []);
  /** A command in so many dies; 0: none. */
  diesOnceIn = 150;
  private readonly kinds = new Map<string, Aggregate<unknown, E>>();
  private readonly states = new Map<string, unknown>();
  private readonly outcomes = new Map<string, Outcome<E>>();
  private readonly claims = new Map<string, string>();
  private readonly found = new Map<string, string>();

  constructor(private readonly options: CoreOptions<E>) {}

  /** Streams of a kind, as services' classes take them from a store. */
  streams<State>(kind: Aggregate<State, E>) {
    return {
      handle: <Data>(decide: Decide<State, Data, E, unknown>, command: Command<Data>) =>
        this.living(() => this.handled(kind as Aggregate<unknown, E>, decide as never, command)),
      load: (streamId: string) =>
        this.living(() => {
          this.kinds.set(streamId, kind as Aggregate<unknown, E>);
          return this.stateOf(streamId) as State;
        }),
    };
  }

  claim(commandId: string, streamId: string): Promise<string> {
    return this.living(() => {
      if (!this.claims.has(commandId)) this.claims.set(commandId, streamId);
      return this.claims.get(commandId)!;
    });
  }

  outcomeOf(commandId: string): Promise<Outcome<E> | undefined> {
    return this.living(() => this.outcomes.get(commandId));
  }

  /** The state of a stream of a known kind. */
  stateOf(streamId: string): unknown {
    if (!this.states.has(streamId)) {
      const kind = this.kinds.get(streamId)!;
      const lane = this.lanes[laneOf(streamId, lanes)]!;
      const events = lane.filter((event) => event.streamId === streamId);
      this.states.set(
        streamId,
        events.reduce<unknown>((state, event) => kind.evolve(state, event as E), kind.initial),
      );
    }
    return this.states.get(streamId);
  }

  /** The next process has states that it folds from the events. */
  restart(): void {
    this.states.clear();
  }

  private async living<T>(act: () => T): Promise<T> {
    this.mayDie();
    const result = act();
    this.mayDie();
    return Promise.resolve(result);
  }

  private mayDie(): void {
    if (this.diesOnceIn > 0 && this.options.dice.once(this.diesOnceIn)) throw new ProcessDied();
  }

  private handled(
    kind: Aggregate<unknown, E>,
    decide: Decide<unknown, unknown, E, unknown>,
    command: Command<unknown>,
  ): Outcome<E> {
    // What grew until now is decided, and nothing that comes later.
    command.taken?.();
    const known = this.outcomes.get(command.id);
    if (known) return { ...known, repeated: true };
    const lane = laneOf(command.streamId, lanes);
    const system = systemStreamId(lane, lanes);
    this.kinds.set(command.streamId, kind);
    if (this.options.system) this.kinds.set(system, this.options.system);
    const time = Math.max(this.options.now(), this.lanes[lane]!.at(-1)?.time ?? 0);
    const decided = decide(this.stateOf(command.streamId), command.data, {
      ...{ time, calendar: utcCalendar, lane, lanes },
      system: this.options.system && this.stateOf(system),
      found: (key) => this.found.get(`${lane} ${key}`),
    });
    if (decided.length === 0) throw new Error(`${command.id} stated nothing`);
    const events = decided.map((event, index) => this.recorded(event, command, { lane, time, index }));
    for (const event of events) this.store(event);
    const outcome = { commandId: command.id, events, repeated: false, published: true };
    this.outcomes.set(command.id, outcome);
    this.options.committed(events, (streamId) => this.stateOf(streamId));
    return outcome;
  }

  /** The event as its readers get it; its own schema has to take it. */
  private recorded(
    decided: E | OnSystemStream<E>,
    { id, streamId, causationId = id, correlationId, actor }: Command<unknown>,
    { lane, time, index }: { readonly lane: number; readonly time: number; readonly index: number },
  ): Recorded<E> {
    const event = 'systemEvent' in decided ? decided.systemEvent : decided;
    const { service } = this.options.catalogue;
    const declaration = declarationOf(this.options.catalogue as Catalogue, event.type)!;
    const sequence = this.lanes[lane]!.length + 1 + index;
    return {
      type: event.type,
      data: decodeData(declaration, declaration.version, encodeEvent(declaration, event.data)),
      ...{ id: `${service}/${lane}/${sequence}`, service, lane, sequence, revision: sequence, time },
      streamId: 'systemEvent' in decided ? systemStreamId(lane, lanes) : streamId,
      ...{ commandId: id, causationId, correlationId, actor },
    } as unknown as Recorded<E>;
  }

  private store(event: Recorded<E>): void {
    const before = this.stateOf(event.streamId);
    this.lanes[event.lane]!.push(event);
    this.states.set(event.streamId, this.kinds.get(event.streamId)!.evolve(before, event as E));
    for (const [key, value] of this.options.setBy?.(event) ?? []) this.found.set(`${event.lane} ${key}`, value);
  }
}
