import { Controller, Get, Param } from '@nestjs/common';
import { instantOf } from '@tokengrid/contracts';
import { Caller, type Principal, Requires, Responds } from '@tokengrid/service';
import { WalletDirectory } from '../../projections/wallet-directory.ts';
import { Wallets } from '../../streams/wallets.ts';
import { voucherBody } from '../vouchers/vouchers.answers.ts';
import { LotsAnswer } from './lots.answers.ts';

/** Lots of a wallet. Read from its stream: decisions use them, and they are few. */
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
