import { Inject, Injectable } from '@nestjs/common';
import type { AppRegistryEvent } from '@tokengrid/contracts';
import { type Command, EventStore, type Outcome, type Streams } from '@tokengrid/event-store';
import type { Decide } from '@tokengrid/kernel';
import { type Model, model } from '../decisions/state/model.ts';

/** The models' streams, `mod_…`. */
@Injectable()
export class Models {
  private readonly streams: Streams<Model, AppRegistryEvent, undefined>;

  constructor(@Inject(EventStore) store: EventStore<AppRegistryEvent, undefined>) {
    this.streams = store.streams(model);
  }

  handle<Data>(
    decide: Decide<Model, Data, AppRegistryEvent>,
    command: Command<Data>,
  ): Promise<Outcome<AppRegistryEvent>> {
    return this.streams.handle(decide, command);
  }

  load(modelId: string): Promise<Model> {
    return this.streams.load(modelId);
  }
}
