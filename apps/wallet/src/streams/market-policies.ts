import { Inject, Injectable } from '@nestjs/common';
import type { WalletEvent } from '@tokengrid/contracts';
import { type Command, EventStore, type Outcome, type Streams } from '@tokengrid/event-store';
import type { Decide } from '@tokengrid/kernel';
import { type MarketPolicies, marketPolicies } from '../decisions/state/market-policies.ts';
import type { WalletLane } from '../decisions/state/wallet-lane.ts';
import { MarketPolicyInForce } from '../projections/market-policy-in-force.ts';

/** The one stream of what the operator allows on its market. */
@Injectable()
export class MarketPolicyStream {
  private readonly streams: Streams<MarketPolicies, WalletEvent, WalletLane>;

  constructor(
    @Inject(EventStore) store: EventStore<WalletEvent, WalletLane>,
    private readonly inForce: MarketPolicyInForce,
  ) {
    this.streams = store.streams(marketPolicies);
  }

  /** Whoever hears that a policy was set finds it in force in this process, and in all others a moment later. */
  async handle<Data>(
    decide: Decide<MarketPolicies, Data, WalletEvent, WalletLane>,
    command: Command<Data>,
  ): Promise<Outcome<WalletEvent>> {
    const outcome = await this.streams.handle(decide, command);
    this.inForce.forget();
    return outcome;
  }
}
