import { Inject, Injectable } from '@nestjs/common';
import type { WalletEvent } from '@tokengrid/contracts';
import { type Command, EventStore, type Outcome, type Streams } from '@tokengrid/event-store';
import type { Decide } from '@tokengrid/kernel';
import { payingDebt } from '../decisions/rules/debt.ts';
import { type Wallet, wallet } from '../decisions/state/wallet.ts';
import type { WalletLane } from '../decisions/state/wallet-lane.ts';

/** The wallets' streams, `wal_…`. */
@Injectable()
export class Wallets {
  private readonly streams: Streams<Wallet, WalletEvent, WalletLane>;

  constructor(@Inject(EventStore) store: EventStore<WalletEvent, WalletLane>) {
    this.streams = store.streams(wallet);
  }

  handle<Data>(
    decide: Decide<Wallet, Data, WalletEvent, WalletLane>,
    command: Command<Data>,
  ): Promise<Outcome<WalletEvent>> {
    return this.streams.handle(payingDebt(decide), command);
  }

  load(walletId: string): Promise<Wallet> {
    return this.streams.load(walletId);
  }
}
