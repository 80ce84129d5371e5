import { Controller } from '@nestjs/common';
import type { EventOf, RefundedUse, WalletCharged } from '@tokengrid/contracts';
import { walletCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { AccruedBefore, accrueUses } from '../decisions/accruals/accrue-uses.ts';
import { SettlementLanes } from '../streams/settlement-lanes.ts';

type Charged = Recorded<EventOf<typeof WalletCharged>>;

/** A refund takes its tokens out of the escrow. */
const asDebit = (refund: RefundedUse) => ({ ...refund, tokens: -refund.tokens });

@Controller()
export class WhenWalletChargedAccrueUses {
  constructor(private readonly lanes: SettlementLanes) {}

  /** Accrues what a wallet lane has charged and refunded, read by read, in the lane's order. */
  @Policy({ name: 'when-wallet-charged-accrue-uses', from: walletCatalogue, on: ['WalletCharged'], inOrder: true })
  async accrueUses(events: readonly Charged[], reaction: Reaction) {
    const charges = events
      .map(({ sequence, data: { uses, refunded } }) => ({ sequence, uses: [...uses, ...refunded.map(asDebit)] }))
      .filter(({ uses }) => uses.length > 0);
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
