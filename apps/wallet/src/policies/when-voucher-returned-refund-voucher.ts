import { Controller } from '@nestjs/common';
import type { EventOf, VoucherReturned } from '@tokengrid/contracts';
import { derivedId, walletCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { refundVoucher, type RefundVoucher } from '../decisions/transfers/refund-voucher.ts';
import { Wallets } from '../streams/wallets.ts';

type Returned = Recorded<EventOf<typeof VoucherReturned>>;

@Controller()
export class WhenVoucherReturnedRefundVoucher {
  constructor(private readonly wallets: Wallets) {}

  /** Returns a voucher's unused tokens to the party that funded it. */
  @Policy({ name: 'when-voucher-returned-refund-voucher', from: walletCatalogue, on: ['VoucherReturned'] })
  async refund(event: Returned, reaction: Reaction) {
    return this.wallets.handle(refundVoucher, reaction.to(event.data.funderWalletId, refundFor(event)));
  }
}

function refundFor({ id, data }: Pick<Returned, 'id' | 'data'>): RefundVoucher {
  return { refundId: derivedId('vrf', id), fromWalletId: data.walletId, tokens: data.tokens };
}
