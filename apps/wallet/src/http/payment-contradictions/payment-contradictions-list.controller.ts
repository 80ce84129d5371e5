import { Controller, Get, Query } from '@nestjs/common';
import { contradictionAction, instantOf, paymentNoticeKind } from '@tokengrid/contracts';
import { cursorKey, OperatorOnly, page, pageOf, pageQuery, Responds } from '@tokengrid/service';
import { z } from 'zod';
import { money } from '../amounts.ts';
import { contradictionStatuses, type PaymentContradictionRow } from '../../projections/payment-contradictions.table.ts';
import { PurchaseDirectory } from '../../projections/purchase-directory.ts';

const ContradictionsQuery = pageQuery.extend({
  status: z.enum(contradictionStatuses).optional().meta({ description: 'Status of the notices' }),
});
type ContradictionsQuery = z.output<typeof ContradictionsQuery>;

export const PaymentContradictionAnswer = z
  .strictObject({
    noticeId: z.string().meta({ description: 'the provider’s `webhook-id`' }),
    purchaseId: z.string(),
    walletId: z.string(),
    kind: paymentNoticeKind.meta({ description: 'what the provider said' }),
    paid: money,
    paymentId: z.string().optional(),
    code: z.string().meta({ description: 'why it could not be applied', example: 'WALLET.PAYMENT_MISMATCH' }),
    time: z.string(),
    status: z.enum(contradictionStatuses),
    approvalId: z.string().optional(),
    action: contradictionAction.optional(),
    note: z.string().optional(),
    resolvedAt: z.string().optional(),
  })
  .meta({ id: 'PaymentContradiction' });

export const PaymentContradictionsAnswer = pageOf(PaymentContradictionAnswer).meta({ id: 'PaymentContradictions' });

/** Where a page ended: the time and the id of its last notice. */
const last = z.strictObject({ time: z.int(), noticeId: z.string().max(255) });

/** Payments that contradict themselves. */
@Controller('v1/payment-contradictions')
export class PaymentContradictionsListController {
  constructor(private readonly purchases: PurchaseDirectory) {}

  /**
   * Lists payment notices that contradict what is known, the oldest first. `status=open` selects
   * those without a resolution.
   */
  @Get()
  @OperatorOnly()
  @Responds(200, PaymentContradictionsAnswer)
  async listPaymentContradictions(
    @Query({ schema: ContradictionsQuery }) { status, limit, cursor }: ContradictionsQuery,
  ) {
    const rows = await this.purchases.contradictions(status, cursorKey(cursor, last), limit + 1);
    return page(rows, limit, ({ time, noticeId }) => ({ time, noticeId }), answerOf);
  }
}

function answerOf(row: PaymentContradictionRow) {
  const { noticeId, purchaseId, walletId, kind, currency, amount, code, status } = row;
  const { paymentId, approvalId, action, note, time, resolvedAt } = row;
  return {
    ...{ noticeId, purchaseId, walletId, kind, paid: { currency, amount } },
    paymentId: paymentId ?? undefined,
    code,
    time: instantOf(time),
    status,
    approvalId: approvalId ?? undefined,
    action: action ?? undefined,
    note: note ?? undefined,
    resolvedAt: resolvedAt === null ? undefined : instantOf(resolvedAt),
  };
}
