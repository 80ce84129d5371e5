import { Controller, Param, Post } from '@nestjs/common';
import { operatorPartyId, walletIdOf } from '@tokengrid/contracts';
import {
  Caller,
  Incoming,
  type IncomingCommand,
  permissionDenied,
  type Principal,
  Requires,
  Refuses,
  Responds,
} from '@tokengrid/service';
import { z } from 'zod';
import { returnVoucher } from '../../decisions/transfers/return-voucher.ts';
import { Wallets } from '../../streams/wallets.ts';
import { VoucherReturnAnswer } from './vouchers.answers.ts';

const VoucherParameters = z.strictObject({ voucherId: z.string().min(1).max(60) });

/** Vouchers that a party does not want. */
@Controller('v1/vouchers/:voucherId')
export class VoucherReturnsController {
  constructor(private readonly wallets: Wallets) {}

  /**
   * Returns the rest of a voucher to the party that funded it. Vouchers of the operator cannot be
   * returned; they expire.
   */
  @Post('return')
  @Requires('wallet:transfers:write')
  @Refuses('WALLET.FROZEN', 'WALLET.CLOSED', 'WALLET.NOT_RETURNABLE')
  @Responds(200, VoucherReturnAnswer)
  async returnVoucher(
    @Param({ schema: VoucherParameters }) { voucherId }: z.output<typeof VoucherParameters>,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    if (caller.partyId === operatorPartyId) throw permissionDenied('only the owner of a voucher gives it back');
    return this.wallets.handle(returnVoucher, incoming.to(walletIdOf(caller.partyId), { voucherId }));
  }
}
