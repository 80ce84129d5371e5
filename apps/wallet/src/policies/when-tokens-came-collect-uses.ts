import { Controller } from '@nestjs/common';
import { type WalletEvent, walletCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { EventNamed, Recorded } from '@tokengrid/kernel';
import { Collecting } from '../flows/collecting.ts';

/** Events after which a wallet may cover a use that waits: tokens came, or a limit allows more. */
const cameBy = [
  'TokensPurchased',
  'TokensGranted',
  'TokensReceived',
  'TransferReturned',
  'EarningsReceived',
  'VoucherIssued',
  'VoucherRefunded',
  'PurchaseRestored',
  'HoldReleased',
  'HoldExpired',
  'WalletCharged',
  'WalletUnfrozen',
  'SpendLimitsSet',
  'MemberSet',
] as const satisfies readonly WalletEvent['type'][];

type Came = Recorded<EventNamed<WalletEvent, (typeof cameBy)[number]>>;

@Controller()
export class WhenTokensCameCollectUses {
  constructor(private readonly collecting: Collecting) {}

  /** Charges uses that the wallet did not cover, the oldest first, once tokens are there. */
  @Policy({ name: 'when-tokens-came-collect-uses', from: walletCatalogue, on: [...cameBy] })
  collectUses(event: Came, reaction: Reaction) {
    // Of charges only refunds bring tokens.
    if (event.type === 'WalletCharged' && event.data.givenBack === 0n) return Promise.resolve(undefined);
    return this.collecting.collect(event.data.walletId, reaction);
  }
}
