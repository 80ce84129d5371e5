import { Controller, Get, Param } from '@nestjs/common';
import { instantOf } from '@tokengrid/contracts';
import { Caller, type Principal, Requires, Responds } from '@tokengrid/service';
import { PurchaseAnswer } from '../http/answers/purchases.ts';
import { z } from 'zod';
import { PurchaseDirectory } from './purchase-directory.ts';

export const PurchaseStateAnswer = PurchaseAnswer.extend({
  status: z.enum(['pending', 'completed', 'failed']),
  paymentUrl: z.string().optional().meta({ description: 'where to pay, once the payment provider has said so' }),
  failure: z.strictObject({ code: z.string(), reason: z.string().optional() }).optional(),
  createdAt: z.string(),
  resolvedAt: z.string().optional(),
}).meta({ id: 'PurchaseState' });

/** What becomes of purchases. */
@Controller('v1/purchases')
export class PurchasesController {
  constructor(private readonly purchases: PurchaseDirectory) {}

  /** A purchase: pending until its payment is confirmed or fails; where to pay meanwhile. */
  @Get(':purchaseId')
  @Requires('wallet:entries:read')
  @Responds(200, PurchaseStateAnswer)
  async purchase(@Param('purchaseId') id: string, @Caller() caller: Principal) {
    const { purchaseId, walletId, tokens, method, status, ...rest } = await this.purchases.mustReach(caller, id);
    const { currency, amount, paymentUrl, failureCode, failureReason, createdAt, resolvedAt } = rest;
    return {
      ...{ purchaseId, walletId, tokens, method, price: { currency, amount }, status },
      paymentUrl: status === 'pending' ? (paymentUrl ?? undefined) : undefined,
      failure: failureCode === null ? undefined : { code: failureCode, reason: failureReason ?? undefined },
      createdAt: instantOf(createdAt),
      resolvedAt: resolvedAt === null ? undefined : instantOf(resolvedAt),
    };
  }
}
