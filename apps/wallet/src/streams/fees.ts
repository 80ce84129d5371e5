import { Inject, Injectable } from '@nestjs/common';
import type { WalletEvent } from '@tokengrid/contracts';
import { type Command, EventStore, type Outcome, type Streams } from '@tokengrid/event-store';
import { type Fees, fees } from '../decisions/state/fees.ts';
import { orderFeesRetirement, type OrderFeesRetirement } from '../decisions/usage/order-fees-retirement.ts';
import type { WalletLane } from '../decisions/state/wallet-lane.ts';

/** The one stream in which it is decided which fees are retired. */
@Injectable()
export class FeesStream {
  private readonly streams: Streams<Fees, WalletEvent, WalletLane>;

  constructor(@Inject(EventStore) store: EventStore<WalletEvent, WalletLane>) {
    this.streams = store.streams(fees);
  }

  order(command: Command<OrderFeesRetirement>): Promise<Outcome<WalletEvent>> {
    return this.streams.handle(orderFeesRetirement, command);
  }
}
