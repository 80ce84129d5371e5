import { Inject, Injectable } from '@nestjs/common';
import type { WalletEvent } from '@tokengrid/contracts';
import { type Command, EventStore, type Outcome, type Streams } from '@tokengrid/event-store';
import type { Decide } from '@tokengrid/kernel';
import { type Capacity, capacity, capacityStreamId } from '../decisions/state/capacity.ts';
import type { WalletLane } from '../decisions/state/wallet-lane.ts';

/** The one stream of the operator's capacity. */
@Injectable()
export class CapacityStream {
  private readonly streams: Streams<Capacity, WalletEvent, WalletLane>;

  constructor(@Inject(EventStore) store: EventStore<WalletEvent, WalletLane>) {
    this.streams = store.streams(capacity);
  }

  handle<Data>(
    decide: Decide<Capacity, Data, WalletEvent, WalletLane>,
    command: Command<Data>,
  ): Promise<Outcome<WalletEvent>> {
    return this.streams.handle(decide, command);
  }

  load(): Promise<Capacity> {
    return this.streams.load(capacityStreamId);
  }
}
