import { Controller } from '@nestjs/common';
import { type EventOf, type WalletCharged, type WalletEvent, walletCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { Collecting } from '../flows/collecting.ts';

type Came = Recorded<Extract<WalletEvent, { readonly data: { readonly walletId: string } }>>;

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
  collectUses(event: Came, reaction: Reaction) {
    if (event.type === 'WalletCharged' && !letsCharge(event.data)) return Promise.resolve(undefined);
    // Before its last capture a hold gives nothing back.
    if (event.type === 'HoldCaptured' && !event.data.final) return Promise.resolve(undefined);
    return this.collecting.collect(event.data.walletId, reaction);
  }
}

/** Of charges only refunds bring tokens; what waits for less may be covered. */
const letsCharge = ({ givenBack, refused }: EventOf<typeof WalletCharged>['data']) =>
  givenBack > 0n || refused.some(({ setOffBy }) => setOffBy !== undefined);
