import { Inject } from '@nestjs/common';
import { type Command, EventStore, type Outcome, type Streams } from '@tokengrid/event-store';
import { type Aggregate, type Decide, type DomainEvent, systemStreamId } from '@tokengrid/kernel';

type StreamsClass<Store, Of> = new (store: Store) => Of;

/**
 * The base class of a kind of stream: `class Wallets extends streamsOf<…>(wallet) {}`, decorated
 * `@Injectable()`. Nest injects the streams by that class.
 */
export function streamsOf<State, E extends DomainEvent, System = undefined>(
  kind: Aggregate<State, E>,
): StreamsClass<EventStore<E, System>, Streams<State, E, System>> {
  class StreamsOfKind implements Streams<State, E, System> {
    private readonly streams: Streams<State, E, System>;

    constructor(@Inject(EventStore) store: EventStore<E, System>) {
      this.streams = store.streams(kind);
    }

    handle<Data>(decide: Decide<State, Data, E, System>, command: Command<Data>): Promise<Outcome<E>> {
      return this.streams.handle(decide, command);
    }

    load(streamId: string): Promise<State> {
      return this.streams.load(streamId);
    }
  }
  return StreamsOfKind;
}

/** The lanes' own streams, one in each lane. */
export interface LaneStreams<State, E extends DomainEvent, System> extends Streams<State, E, System> {
  /** Numbers of all lanes. */
  readonly all: readonly number[];
  /** @throws RangeError for an unknown lane */
  streamOf(lane: number): string;
  /** {@link Streams.load} by a lane's number. */
  loadLane(lane: number): Promise<State>;
}

/** {@link streamsOf} for the lanes' own streams. */
export function laneStreamsOf<State, E extends DomainEvent, System = undefined>(
  kind: Aggregate<State, E>,
): StreamsClass<EventStore<E, System>, LaneStreams<State, E, System>> {
  class LaneStreamsOfKind extends streamsOf<State, E, System>(kind) implements LaneStreams<State, E, System> {
    readonly all: readonly number[];
    private readonly streamIds: readonly string[];

    constructor(@Inject(EventStore) store: EventStore<E, System>) {
      super(store);
      this.all = Array.from({ length: store.lanes }, (_, lane) => lane);
      this.streamIds = this.all.map((lane) => systemStreamId(lane, store.lanes));
    }

    streamOf(lane: number): string {
      const streamId = this.streamIds[lane];
      if (streamId === undefined) throw new RangeError(`no lane ${lane}: there are ${this.all.length} lanes`);
      return streamId;
    }

    loadLane(lane: number): Promise<State> {
      return this.load(this.streamOf(lane));
    }
  }
  return LaneStreamsOfKind;
}
