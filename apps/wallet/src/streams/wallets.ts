import { Injectable } from '@nestjs/common';
import type { WalletEvent } from '@tokengrid/contracts';
import type { Command, Outcome } from '@tokengrid/event-store';
import type { Decide } from '@tokengrid/kernel';
import { streamsOf } from '@tokengrid/service';
import { payingDebt } from '../decisions/rules/debt.ts';
import { recallingSlices } from '../decisions/rules/recalled-slices.ts';
import { type Wallet, wallet } from '../decisions/state/wallet.ts';
import type { WalletLane } from '../decisions/state/wallet-lane.ts';

/**
 * Command of a decision that needs no facts. The others do not compile here: `Deciding` executes
 * them, which looks up a fact that is missing or outdated.
 */
type WithoutFacts<Data> = [keyof Data & ('posted' | 'market' | 'capacityLeft')] extends [never]
  ? [Data] extends [{ readonly known: { readonly asOf: number } }]
    ? never
    : Command<Data>
  : never;

/** The wallets' streams, `wal_…`. */
@Injectable()
export class Wallets extends streamsOf<Wallet, WalletEvent, WalletLane>(wallet) {
  override handle<Data>(
    decide: Decide<Wallet, Data, WalletEvent, WalletLane>,
    command: WithoutFacts<Data>,
  ): Promise<Outcome<WalletEvent>> {
    return super.handle(recallingSlices(payingDebt(decide)), command);
  }
}
