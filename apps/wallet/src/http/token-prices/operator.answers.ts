import type { WalletEvent } from '@tokengrid/contracts';
import { type Answers, problem } from '@tokengrid/service';
import { z } from 'zod';
import { decimal, priceVersion } from '../amounts.ts';
import { refusal } from '../refusal.ts';

export const TokenPriceAnswer = z
  .strictObject({
    priceVersion,
    currency: z.string(),
    buy: z.string(),
    sellBack: z.string(),
    effectiveFrom: z.string(),
  })
  .meta({ id: 'TokenPrice' });

export const TokenPriceWithdrawnAnswer = z
  .strictObject({ priceVersion, status: z.literal('withdrawn') })
  .meta({ id: 'TokenPriceWithdrawn' });

export const CapacityDeclaredAnswer = z
  .strictObject({ tokens: decimal, version: z.int() })
  .meta({ id: 'CapacityDeclared' });

export const FeesRetirementAnswer = z
  .strictObject({
    retirementId: z.string(),
    tokens: decimal.meta({ description: 'µAIT that leave the world' }),
    lanes: z.array(z.strictObject({ lane: z.int(), tokens: decimal })),
  })
  .meta({ id: 'FeesRetirement' });

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
  FeesRetirementOrdered: ({ data }) => ({ status: 200, body: data }),
  FeesRetirementRefused: ({ data: { code, available, required } }) =>
    problem(409, code, `insufficient fees: ${available} µAIT collected and not retired, ${required} required`, {
      available,
      required,
    }),
} satisfies Partial<Answers<WalletEvent>>;
