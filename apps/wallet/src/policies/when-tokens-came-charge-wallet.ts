import { Controller } from '@nestjs/common';
import { maySpendMore, type SpendableEvent, walletCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { Collecting } from '../flows/collecting.ts';

@Controller()
export class WhenTokensCameChargeWallet {
  constructor(private readonly collecting: Collecting) {}

  /**
   * Charges uses that the wallet did not cover, the oldest first, once tokens came or a limit
   * allows more.
   */
  @Policy({
    name: 'when-tokens-came-charge-wallet',
    from: walletCatalogue,
    on: [
      'TokensPurchased',
      'TokensGranted',
      'TokensReceived',
      'TransferReturned',
      'EarningsReceived',
      'VoucherIssued',
      'VoucherRefunded',
      'PurchaseRestored',
      'HoldCaptured',
      'HoldReduced',
      'HoldReleased',
      'HoldExpired',
      'WalletCharged',
      'WalletUnfrozen',
      'WalletReopened',
      'DebtPaid',
      'BillLimitSet',
      'ExhaustionPolicySet',
      'SpendLimitsSet',
      'MemberSet',
      'MemberReinstated',
      'MemberRemoved',
    ],
  })
  collectUses(event: Recorded<SpendableEvent>, reaction: Reaction) {
    if (!maySpendMore(event)) return Promise.resolve(undefined);
    return this.collecting.collect(event.data.walletId, reaction);
  }
}
