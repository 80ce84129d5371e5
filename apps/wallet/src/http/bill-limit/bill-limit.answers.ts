import type { WalletEvent } from '@tokengrid/contracts';
import type { Answers } from '@tokengrid/service';
import { z } from 'zod';

const minorUnits = z.string().meta({ description: 'minor units of the operator’s currency', example: '20000' });

export const BillAnswer = z
  .strictObject({
    walletId: z.string(),
    month: z.string().meta({ description: 'calendar month of the operator’s', example: '2026-01' }),
    billed: minorUnits,
    monthlyLimit: minorUnits.nullable().meta({ description: 'null: no limit' }),
    of: z.enum(['wallet', 'all']).meta({ description: 'origin of the limit: this wallet, or all wallets' }),
  })
  .meta({ id: 'Bill' });

export const BillLimitSetAnswer = z
  .strictObject({
    walletId: z.string(),
    monthlyLimit: z.string().nullable().meta({ description: 'minor units; null: the limit of all wallets' }),
  })
  .meta({ id: 'BillLimitSet' });

/** Answers of the bill limit's events. */
export const billLimitAnswers = {
  BillLimitSet: ({ data }) => ({ status: 200, body: data }),
} satisfies Partial<Answers<WalletEvent>>;
