import type { WalletEvent } from '@tokengrid/contracts';
import { type Answers, refusalOf } from '@tokengrid/service';
import { z } from 'zod';
import { decimal, money, priceVersion } from '../amounts.ts';

export const QuoteAnswer = z
  .strictObject({
    quoteId: z.string(),
    walletId: z.string(),
    side: z.enum(['buy', 'sell']),
    tokens: decimal,
    price: money,
    priceVersion,
    expiresAt: z.string(),
  })
  .meta({ id: 'Quote' });

/** Answers of quotes. */
export const quoteAnswers = {
  PriceQuoted: ({ data: { quoteId, walletId, side, tokens, price, priceVersion, expiresAt } }) => ({
    status: 201,
    body: { quoteId, walletId, side, tokens, price, priceVersion, expiresAt },
  }),
  QuoteRefused: refusalOf,
} satisfies Partial<Answers<WalletEvent>>;
