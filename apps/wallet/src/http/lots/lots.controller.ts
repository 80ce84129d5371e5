import { Controller, Get, Param } from '@nestjs/common';
import { instantOf } from '@tokengrid/contracts';
import { Caller, type Principal, Requires, Responds } from '@tokengrid/service';
import { z } from 'zod';
import { voucherBody, VoucherTermsAnswer } from '../vouchers/vouchers.answers.ts';
import { Wallets } from '../../streams/wallets.ts';
import { WalletDirectory } from '../../projections/wallet-directory.ts';

export const LotsAnswer = z
  .strictObject({
    data: z.array(
      z.strictObject({
        lotId: z.string(),
        source: z.string(),
        tokens: z.string().meta({ description: 'µAIT left in it', example: '1250000' }),
        priority: z.int(),
        expiresAt: z.string().nullable(),
        transferable: z.boolean(),
        voucher: VoucherTermsAnswer.optional(),
      }),
    ),
    nextCursor: z.null(),
  })
  .meta({ id: 'Lots', description: 'in the order in which they burn down; always all of them' });

/** What a wallet's tokens are. Read from its stream: the lots are what decisions decide on, and few. */
@Controller('v1/wallets/:walletId/lots')
export class LotsController {
  constructor(
    private readonly wallets: Wallets,
    private readonly directory: WalletDirectory,
  ) {}

  /** Lists the lots of a wallet, in burn order. The list is always complete. */
  @Get()
  @Requires('wallet:balances:read')
  @Responds(200, LotsAnswer)
  async listLots(@Param('walletId') walletId: string, @Caller() caller: Principal) {
    await this.directory.mustReach(caller, walletId);
    const wallet = await this.wallets.load(walletId);
    const lots = wallet.opened ? wallet.lots : [];
    const data = lots.map(({ voucher, expiresAt, ...lot }) => ({
      ...lot,
      expiresAt: expiresAt === null ? null : instantOf(expiresAt),
      voucher: voucher && voucherBody(voucher),
    }));
    return { data, nextCursor: null };
  }
}
