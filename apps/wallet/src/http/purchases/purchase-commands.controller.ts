import { Controller, Param, Post } from '@nestjs/common';
import {
  Caller,
  Incoming,
  type IncomingCommand,
  type Principal,
  Requires,
  Refuses,
  Responds,
} from '@tokengrid/service';
import { cancelPurchase } from '../../decisions/purchases/cancel-purchase.ts';
import { Issuing } from '../../flows/issuing.ts';
import { PurchaseDirectory } from '../../projections/purchase-directory.ts';
import { Wallets } from '../../streams/wallets.ts';
import { PurchaseCancelledAnswer } from './purchases.answers.ts';

/** What is done about purchases that were begun. */
@Controller('v1/purchases/:purchaseId')
export class PurchaseCommandsController {
  constructor(
    private readonly purchases: PurchaseDirectory,
    private readonly wallets: Wallets,
    private readonly issuing: Issuing,
  ) {}

  /**
   * Cancels a purchase that waits to be paid. Money that comes nevertheless is credited at the
   * price then in force.
   */
  @Post('cancel')
  @Requires('wallet:purchases:write')
  @Refuses('WALLET.PURCHASE_RESOLVED')
  @Responds(200, PurchaseCancelledAnswer)
  async cancelPurchase(
    @Param('purchaseId') purchaseId: string,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    const { walletId } = await this.purchases.mustReach(caller, purchaseId);
    return this.issuing.freed(await this.wallets.handle(cancelPurchase, incoming.to(walletId, { purchaseId })));
  }
}
