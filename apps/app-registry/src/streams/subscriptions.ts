import { Inject, Injectable } from '@nestjs/common';
import type { AppRegistryEvent } from '@tokengrid/contracts';
import { type Command, EventStore, type Outcome, type Streams } from '@tokengrid/event-store';
import type { Decide } from '@tokengrid/kernel';
import { type Subscription, subscription } from '../decisions/state/subscription.ts';

/** The streams of parties' subscriptions, one for each party and app. */
@Injectable()
export class Subscriptions {
  private readonly streams: Streams<Subscription, AppRegistryEvent, undefined>;

  constructor(@Inject(EventStore) store: EventStore<AppRegistryEvent, undefined>) {
    this.streams = store.streams(subscription);
  }

  handle<Data>(
    decide: Decide<Subscription, Data, AppRegistryEvent>,
    command: Command<Data>,
  ): Promise<Outcome<AppRegistryEvent>> {
    return this.streams.handle(decide, command);
  }
}
