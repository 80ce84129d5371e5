import { Inject, Injectable } from '@nestjs/common';
import type { AppRegistryEvent } from '@tokengrid/contracts';
import { type Command, EventStore, type Outcome, type Streams } from '@tokengrid/event-store';
import type { Decide } from '@tokengrid/kernel';
import { type Name, name } from '../decisions/state/name.ts';

/** The names' streams, `name-slug-…` and `name-model-…`. */
@Injectable()
export class Names {
  private readonly streams: Streams<Name, AppRegistryEvent, undefined>;

  constructor(@Inject(EventStore) store: EventStore<AppRegistryEvent, undefined>) {
    this.streams = store.streams(name);
  }

  handle<Data>(
    decide: Decide<Name, Data, AppRegistryEvent>,
    command: Command<Data>,
  ): Promise<Outcome<AppRegistryEvent>> {
    return this.streams.handle(decide, command);
  }

  load(streamId: string): Promise<Name> {
    return this.streams.load(streamId);
  }
}
