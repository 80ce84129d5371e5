import type { WalletEvent } from '@tokengrid/contracts';
import { type Answers, refusalOf } from '@tokengrid/service';
import { z } from 'zod';
import { decimal, money } from '../amounts.ts';

export const SaleAnswer = z
  .strictObject({
    saleId: z.string(),
    walletId: z.string(),
    tokens: decimal,
    price: money,
    status: z.literal('completed'),
  })
  .meta({ id: 'Sale' });

/** Answers of sales. */
export const saleAnswers = {
  TokensSold: ({ data: { saleId, walletId, tokens, price } }) => ({
    status: 201,
    body: { saleId, walletId, tokens, price, status: 'completed' },
  }),
  SaleRefused: refusalOf,
} satisfies Partial<Answers<WalletEvent>>;
