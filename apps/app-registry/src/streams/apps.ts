import { Inject, Injectable } from '@nestjs/common';
import type { AppRegistryEvent } from '@tokengrid/contracts';
import { type Command, EventStore, type Outcome, type Streams } from '@tokengrid/event-store';
import type { Decide } from '@tokengrid/kernel';
import { type App, app } from '../decisions/state/app.ts';

/** The apps' streams, `app_…`. */
@Injectable()
export class Apps {
  private readonly streams: Streams<App, AppRegistryEvent, undefined>;

  constructor(@Inject(EventStore) store: EventStore<AppRegistryEvent, undefined>) {
    this.streams = store.streams(app);
  }

  handle<Data>(
    decide: Decide<App, Data, AppRegistryEvent>,
    command: Command<Data>,
  ): Promise<Outcome<AppRegistryEvent>> {
    return this.streams.handle(decide, command);
  }

  load(appId: string): Promise<App> {
    return this.streams.load(appId);
  }
}
