import { Inject, Injectable } from '@nestjs/common';
import type { WalletEvent } from '@tokengrid/contracts';
import { type Command, EventStore, type Outcome } from '@tokengrid/event-store';
import type { Decide } from '@tokengrid/kernel';
import { streamsOf } from '@tokengrid/service';
import { type MarketPolicies, marketPolicies } from '../decisions/state/market-policies.ts';
import type { WalletLane } from '../decisions/state/wallet-lane.ts';
import { MarketPolicyInForce } from '../projections/market-policy-in-force.ts';

/** The stream of the market policy. */
@Injectable()
export class MarketPolicyStream extends streamsOf<MarketPolicies, WalletEvent, WalletLane>(marketPolicies) {
  constructor(
    @Inject(EventStore) store: EventStore<WalletEvent, WalletLane>,
    private readonly inForce: MarketPolicyInForce,
  ) {
    super(store);
  }

  /**
   * Executes a command. A caller that gets the answer of a set policy finds it in force in this
   * process at once, and in the others a moment later.
   */
  override async handle<Data>(
    decide: Decide<MarketPolicies, Data, WalletEvent, WalletLane>,
    command: Command<Data>,
  ): Promise<Outcome<WalletEvent>> {
    const outcome = await super.handle(decide, command);
    this.inForce.forget();
    return outcome;
  }
}
