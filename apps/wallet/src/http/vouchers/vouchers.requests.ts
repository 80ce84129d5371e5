import { modelName, slug, typeId } from '@tokengrid/contracts';
import { sentTime } from '@tokengrid/service';
import { z } from 'zod';
import { tokens } from '../amounts.ts';

/** Most apps, and most models, that a voucher names. */
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
        description: 'uses that it may pay for: of one of the apps, if any are named, and of one of the models',
      }),
    shareBps: z
      .int()
      .min(1)
      .max(10_000)
      .meta({ description: 'most of one charge that it pays, in basis points; rounded down to a µAIT', example: 5000 }),
    capPerUse: tokens.optional().meta({ description: 'most µAIT of one charge that it pays', example: '20000' }),
    expiresAt: sentTime,
    toWalletId: typeId('wal')
      .optional()
      .meta({ description: 'whose it is to be, if this wallet is to fund it; without it, the operator does' }),
  })
  .meta({ id: 'VoucherRequest' });
export type VoucherRequest = z.output<typeof VoucherRequest>;

export const VoucherParameters = z.strictObject({ voucherId: z.string().min(1).max(60) });
export type VoucherParameters = z.output<typeof VoucherParameters>;
