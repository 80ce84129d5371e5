import { Inject, Injectable } from '@nestjs/common';
import type { MeteringEvent } from '@tokengrid/contracts';
import { type Command, EventStore, type Outcome, type Streams } from '@tokengrid/event-store';
import type { Decide } from '@tokengrid/kernel';
import { type Usage, usage } from '../decisions/state/usage.ts';

/** The streams of uses, `usg_…`. */
@Injectable()
export class Usages {
  private readonly streams: Streams<Usage, MeteringEvent, undefined>;

  constructor(@Inject(EventStore) store: EventStore<MeteringEvent, undefined>) {
    this.streams = store.streams(usage);
  }

  handle<Data>(decide: Decide<Usage, Data, MeteringEvent>, command: Command<Data>): Promise<Outcome<MeteringEvent>> {
    return this.streams.handle(decide, command);
  }
}
