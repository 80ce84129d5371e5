import { Controller } from '@nestjs/common';
import type { EventOf, WalletCharged } from '@tokengrid/contracts';
import { walletCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { AccruedBefore, accrueUses } from '../decisions/accruals/accrue-uses.ts';
import { SettlementLanes } from '../streams/settlement-lanes.ts';

type Charged = Recorded<EventOf<typeof WalletCharged>>;

@Controller()
export class WhenWalletChargedAccrueUses {
  constructor(private readonly lanes: SettlementLanes) {}

  /** Accrues what a wallet lane has charged, read by read, in the lane's order. */
  @Policy({ name: 'when-wallet-charged-accrue-uses', from: walletCatalogue, on: ['WalletCharged'], inOrder: true })
  async accrueUses(events: readonly Charged[], reaction: Reaction) {
    const charges = events
      .filter(({ data }) => data.uses.length > 0)
      .map(({ sequence, data: { uses } }) => ({ sequence, uses }));
    if (charges.length === 0) return undefined;
    const walletLane = events[0]!.lane;
    const stream = this.lanes.following(walletLane);
    try {
      return await this.lanes.handle(accrueUses, reaction.to(stream, { walletLane, charges }));
    } catch (error) {
      // The lane remembers what it has accrued: these came in another batch.
      if (error instanceof AccruedBefore) return undefined;
      throw error;
    }
  }
}
