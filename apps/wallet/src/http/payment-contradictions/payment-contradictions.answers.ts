import { contradictionAction, paymentNoticeKind } from '@tokengrid/contracts';
import { pageOf } from '@tokengrid/service';
import { z } from 'zod';
import { contradictionStatuses } from '../../projections/payment-contradictions.table.ts';
import { money } from '../amounts.ts';

const PaymentContradictionAnswer = z
  .strictObject({
    noticeId: z.string().meta({ description: 'the provider’s `webhook-id`' }),
    purchaseId: z.string(),
    walletId: z.string(),
    kind: paymentNoticeKind.meta({ description: 'content of the notice' }),
    paid: money,
    paymentId: z.string().optional(),
    code: z.string().meta({ description: 'reason why it was not applied', example: 'WALLET.PAYMENT_MISMATCH' }),
    time: z.string(),
    status: z.enum(contradictionStatuses),
    approvalId: z.string().optional(),
    action: contradictionAction.optional(),
    note: z.string().optional(),
    resolvedAt: z.string().optional(),
  })
  .meta({ id: 'PaymentContradiction' });

export const PaymentContradictionsAnswer = pageOf(PaymentContradictionAnswer).meta({ id: 'PaymentContradictions' });
