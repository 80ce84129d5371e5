import { Inject, Injectable } from '@nestjs/common';
import type { SomeServiceEvent } from '@tokengrid/contracts';
import { type Command, EventStore, type Outcome, type Streams } from '@tokengrid/event-store';
import type { Decide } from '@tokengrid/kernel';
import { type SomeStream, someStream } from '../decisions/state/some-stream.ts';

/** The streams of some streams, `some-prefix_…`. */
@Injectable()
export class SomeStreams {
  private readonly streams: Streams<SomeStream, SomeServiceEvent, undefined>;

  constructor(@Inject(EventStore) store: EventStore<SomeServiceEvent, undefined>) {
    this.streams = store.streams(someStream);
  }

  handle<Data>(
    decide: Decide<SomeStream, Data, SomeServiceEvent>,
    command: Command<Data>,
  ): Promise<Outcome<SomeServiceEvent>> {
    return this.streams.handle(decide, command);
  }
}
