import type { WalletEvent } from '@tokengrid/contracts';
import { type Answers, problem } from '@tokengrid/service';
import { z } from 'zod';
import { decimal } from './amounts.ts';
import { refusal } from './refusal.ts';

export const TokenPriceAnswer = z
  .strictObject({
    priceVersion: z.int(),
    currency: z.string(),
    buy: z.string(),
    sellBack: z.string(),
    effectiveFrom: z.string(),
  })
  .meta({ id: 'TokenPrice' });

export const TokenPriceWithdrawnAnswer = z
  .strictObject({ priceVersion: z.int(), status: z.literal('withdrawn') })
  .meta({ id: 'TokenPriceWithdrawn' });

export const CapacityDeclaredAnswer = z
  .strictObject({ tokens: decimal, version: z.int() })
  .meta({ id: 'CapacityDeclared' });

/** What the operator set for all wallets. */
export const operatorAnswers = {
  TokenPriceSet: ({ data }) => ({ status: 200, body: data }),
  TokenPriceRefused: refusal,
  TokenPriceWithdrawn: ({ data }) => ({ status: 200, body: { ...data, status: 'withdrawn' } }),
  TokenPriceWithdrawalRefused: (event) =>
    event.data.code === 'NOT_FOUND'
      ? problem(404, 'NOT_FOUND', `there is no token price ${event.data.priceVersion}`)
      : refusal(event),
  CapacityDeclared: ({ data }) => ({ status: 200, body: data }),
} satisfies Partial<Answers<WalletEvent>>;
