import { Controller, Get, Param } from '@nestjs/common';
import { instantOf } from '@tokengrid/contracts';
import { Caller, type Principal, Requires, Responds } from '@tokengrid/service';
import { decimal, money } from '../amounts.ts';
import { PurchaseAnswer } from './purchases.answers.ts';
import { z } from 'zod';
import { PurchaseDirectory } from '../../projections/purchase-directory.ts';
import type { PurchaseRow } from '../../projections/purchases.table.ts';

export const PurchaseStateAnswer = PurchaseAnswer.extend({
  status: z.enum(['pending', 'completed', 'failed', 'expired', 'cancelled', 'reversed']).meta({
    description:
      'reversed: all of its money went back. What is paid after it failed, expired or was cancelled is completed',
  }),
  paymentUrl: z.string().optional().meta({ description: 'where to pay, once the payment provider has said so' }),
  expiresAt: z.string().optional().meta({ description: 'until when it waits to be paid' }),
  failure: z.strictObject({ code: z.string(), reason: z.string().optional() }).optional(),
  credited: decimal.optional().meta({ description: 'µAIT that were issued, once it was paid', example: '1250000' }),
  reversed: z
    .strictObject({ price: money, tokens: decimal })
    .optional()
    .meta({ description: 'what of the money went back, and the µAIT that were taken back or are owed for it' }),
  createdAt: z.string(),
  resolvedAt: z.string().optional(),
}).meta({ id: 'PurchaseState' });

/** What becomes of purchases. */
@Controller('v1/purchases')
export class PurchasesController {
  constructor(private readonly purchases: PurchaseDirectory) {}

  /**
   * Gets a purchase. The answer tells where to pay while it is pending, and its outcome afterwards.
   */
  @Get(':purchaseId')
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
}

const statusOf = ({ status, paid, reversed }: PurchaseRow) =>
  status === 'completed' && reversed > 0n && reversed === paid ? 'reversed' : status;
