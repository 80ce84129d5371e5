import { Inject, Injectable } from '@nestjs/common';
import type { WalletEvent } from '@tokengrid/contracts';
import { type Command, EventStore, type Outcome, type Streams } from '@tokengrid/event-store';
import type { Decide } from '@tokengrid/kernel';
import { type TokenPriceList, tokenPrices } from '../decisions/state/token-prices.ts';
import type { WalletLane } from '../decisions/state/wallet-lane.ts';

/** The one stream of the prices that the operator posts. */
@Injectable()
export class TokenPriceStream {
  private readonly streams: Streams<TokenPriceList, WalletEvent, WalletLane>;

  constructor(@Inject(EventStore) store: EventStore<WalletEvent, WalletLane>) {
    this.streams = store.streams(tokenPrices);
  }

  handle<Data>(
    decide: Decide<TokenPriceList, Data, WalletEvent, WalletLane>,
    command: Command<Data>,
  ): Promise<Outcome<WalletEvent>> {
    return this.streams.handle(decide, command);
  }
}
