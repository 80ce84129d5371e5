import { Inject, Injectable } from '@nestjs/common';
import type { AppRegistryEvent } from '@tokengrid/contracts';
import { EventStore } from '@tokengrid/event-store';
import { laneOf } from '@tokengrid/kernel';
import { newIdIn, streamsOf } from '@tokengrid/service';
import { type Subscription, subscription } from '../decisions/state/subscription.ts';

/** The streams of parties' subscriptions, one for each party and app. */
@Injectable()
export class Subscriptions extends streamsOf<Subscription, AppRegistryEvent>(subscription) {
  private readonly lanes: number;

  constructor(@Inject(EventStore) store: EventStore<AppRegistryEvent, undefined>) {
    super(store);
    this.lanes = store.lanes;
  }

  /** Lane of a stream, and of the subscriptions in it. */
  laneOf(id: string): number {
    return laneOf(id, this.lanes);
  }

  /** New subscription id that hashes to the lane of its stream, so the id alone tells the lane. */
  newId(streamId: string): string {
    return newIdIn('sbn', this.laneOf(streamId), this.lanes);
  }
}
