import { z } from 'zod';
import { VoucherTermsAnswer } from '../vouchers/vouchers.answers.ts';

export const LotsAnswer = z
  .strictObject({
    data: z.array(
      z.strictObject({
        lotId: z.string(),
        source: z.string(),
        tokens: z.string().meta({ description: 'µAIT left', example: '1250000' }),
        priority: z.int(),
        expiresAt: z.string().nullable(),
        transferable: z.boolean(),
        voucher: VoucherTermsAnswer.optional(),
      }),
    ),
    nextCursor: z.null(),
  })
  .meta({ id: 'Lots', description: 'in burn order; always complete' });
