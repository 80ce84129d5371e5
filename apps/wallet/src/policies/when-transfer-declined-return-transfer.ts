import { Controller } from '@nestjs/common';
import type { EventOf, TransferDeclined } from '@tokengrid/contracts';
import { walletCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { returnTransfer, type ReturnTransfer } from '../decisions/transfers/return-transfer.ts';
import { Wallets } from '../streams/wallets.ts';

type Declined = EventOf<typeof TransferDeclined>;

@Controller()
export class WhenTransferDeclinedReturnTransfer {
  constructor(private readonly wallets: Wallets) {}

  /** Returns declined tokens to their sender. */
  @Policy({ name: 'when-transfer-declined-return-transfer', from: walletCatalogue, on: ['TransferDeclined'] })
  async returnTransfer(event: Recorded<Declined>, reaction: Reaction) {
    return this.wallets.handle(returnTransfer, reaction.to(event.data.fromWalletId, returnFor(event)));
  }
}

function returnFor({ data }: Declined): ReturnTransfer {
  const { transferId, walletId, tokens, code, parcels, voucher, sentOn, memberIds } = data;
  const sent = { sentOn, ...(memberIds !== undefined && { memberIds }) };
  return { transferId, toWalletId: walletId, tokens, ...sent, code, parcels, isVoucher: voucher !== undefined };
}
