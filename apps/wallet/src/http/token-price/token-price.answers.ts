import type { WalletEvent } from '@tokengrid/contracts';
import { type Answers, problem } from '@tokengrid/service';
import { z } from 'zod';
import { priceVersion } from '../amounts.ts';
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

export const PricesAnswer = TokenPriceAnswer.extend({
  upcoming: z.array(TokenPriceAnswer).meta({ description: 'announced prices, the next one first' }),
}).meta({ id: 'TokenPriceInForce' });

/** Answers of the token price's events. */
export const tokenPriceAnswers = {
  TokenPriceSet: ({ data }) => ({ status: 200, body: data }),
  TokenPriceRefused: refusal,
  TokenPriceWithdrawn: ({ data }) => ({ status: 200, body: { ...data, status: 'withdrawn' } }),
  TokenPriceWithdrawalRefused: (event) =>
    event.data.code === 'NOT_FOUND'
      ? problem(404, 'NOT_FOUND', `no such token price: ${event.data.priceVersion}`)
      : refusal(event),
} satisfies Partial<Answers<WalletEvent>>;
