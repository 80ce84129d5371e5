import { modelName, slug, typeId } from '@tokengrid/contracts';
import { sentTime } from '@tokengrid/service';
import { z } from 'zod';
import { tokens } from '../amounts.ts';

/** Maximum number of apps, and of models, in a voucher. */
const mostNames = 50;

export const VoucherRequest = z
  .strictObject({
    tokens,
    scope: z
      .strictObject({
        apps: z.array(slug).min(1).max(mostNames).optional(),
        models: z.array(modelName).min(1).max(mostNames).optional(),
      })
      .default({})
      .meta({
        description: 'eligible uses: of one of the apps, if any are named, and of one of the models',
      }),
    shareBps: z
      .int()
      .min(1)
      .max(10_000)
      .meta({ description: 'maximum share of one charge, in basis points; rounded down to a µAIT', example: 5000 }),
    capPerUse: tokens.optional().meta({ description: 'maximum µAIT of one charge', example: '20000' }),
    expiresAt: sentTime,
    toWalletId: typeId('wal')
      .optional()
      .meta({ description: 'wallet of the voucher, if this wallet funds it; absent if the operator does' }),
  })
  .meta({ id: 'VoucherRequest' });
export type VoucherRequest = z.output<typeof VoucherRequest>;

export const VoucherParameters = z.strictObject({ voucherId: z.string().min(1).max(60) });
export type VoucherParameters = z.output<typeof VoucherParameters>;
