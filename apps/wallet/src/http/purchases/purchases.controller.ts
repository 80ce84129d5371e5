import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { instantOf } from '@tokengrid/contracts';
import {
  Caller,
  Incoming,
  type IncomingCommand,
  type Principal,
  Refuses,
  Requires,
  Responds,
} from '@tokengrid/service';
import { cancelPurchase } from '../../decisions/purchases/cancel-purchase.ts';
import { Issuing } from '../../flows/issuing.ts';
import { PurchaseDirectory } from '../../projections/purchase-directory.ts';
import type { PurchaseRow } from '../../projections/purchases.table.ts';
import { Wallets } from '../../streams/wallets.ts';
import { PurchaseAnswer, PurchaseCancelledAnswer, PurchaseStateAnswer } from './purchases.answers.ts';
import { PurchaseCommands } from './purchases.commands.ts';
import { PurchaseRequest } from './purchases.requests.ts';

/** Answers of purchases. */
@Controller('v1')
export class PurchasesController {
  constructor(
    private readonly purchases: PurchaseDirectory,
    private readonly wallets: Wallets,
    private readonly issuing: Issuing,
    private readonly commands: PurchaseCommands,
  ) {}

  /**
   * Buys tokens from the operator at the posted price or a quote. A purchase on the carrier's bill
   * is completed at once; through the payment provider it is pending until it is paid.
   */
  @Post('wallets/:walletId/purchases')
  @Requires('wallet:purchases:write')
  @Refuses('purchaseTokens', 'WALLET.PAYMENT_PROVIDER_UNAVAILABLE')
  @Responds(201, PurchaseAnswer)
  async purchaseTokens(
    @Param('walletId') walletId: string,
    @Body({ schema: PurchaseRequest }) body: PurchaseRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    return (await this.commands.purchase(caller, walletId, body))(incoming);
  }

  /**
   * Gets a purchase. The answer tells where to pay while it is pending, and its outcome afterwards.
   */
  @Get('purchases/:purchaseId')
  @Requires('wallet:entries:read')
  @Responds(200, PurchaseStateAnswer)
  async getPurchase(@Param('purchaseId') id: string, @Caller() caller: Principal) {
    const row = await this.purchases.mustReach(caller, id);
    const { purchaseId, walletId, tokens, method, currency, amount, createdAt, resolvedAt } = row;
    const { status, paymentUrl, expiresAt, failureCode, failureReason, credited } = row;
    const waits = status === 'pending';
    return {
      ...{ purchaseId, walletId, tokens, method, price: { currency, amount }, status: statusOf(row) },
      paymentUrl: waits ? (paymentUrl ?? undefined) : undefined,
      expiresAt: waits && expiresAt !== null ? instantOf(expiresAt) : undefined,
      failure:
        status === 'failed' && failureCode !== null
          ? { code: failureCode, reason: failureReason ?? undefined }
          : undefined,
      credited: status === 'completed' ? credited : undefined,
      reversed: row.reversed > 0n ? { price: { currency, amount: row.reversed }, tokens: row.takenBack } : undefined,
      createdAt: instantOf(createdAt),
      resolvedAt: resolvedAt === null ? undefined : instantOf(resolvedAt),
    };
  }

  /**
   * Cancels a pending purchase. Money that comes nevertheless is credited at the price then in
   * force.
   */
  @Post('purchases/:purchaseId/cancel')
  @Requires('wallet:purchases:write')
  @Refuses('cancelPurchase')
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

const statusOf = ({ status, paid, reversed }: PurchaseRow) =>
  status === 'completed' && reversed > 0n && reversed === paid ? 'reversed' : status;
