import { Controller } from '@nestjs/common';
import type { EventOf, WalletCharged } from '@tokengrid/contracts';
import { walletCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { billUsage, type BillUsage } from '../decisions/usage/bill-usage.ts';
import { Usages } from '../streams/usages.ts';

type Charged = Recorded<EventOf<typeof WalletCharged>>;

@Controller()
export class WhenWalletChargedBillUsage {
  constructor(private readonly usages: Usages) {}

  /** Bills each use that the wallet has paid for. */
  @Policy({ name: 'when-wallet-charged-bill-usage', from: walletCatalogue, on: ['WalletCharged'] })
  billUsage(event: Charged, reaction: Reaction) {
    return this.usages.handle(billUsage, reaction.to(event.data.usageId, billFor(event)));
  }
}

/** Command for the wallet's charge: the paid use, and the lane whose escrow holds the tokens. */
function billFor({ id, lane, data: { usageId, chargeId } }: Charged): BillUsage {
  return { usageId, chargeId, walletLane: lane, chargedBy: id };
}
