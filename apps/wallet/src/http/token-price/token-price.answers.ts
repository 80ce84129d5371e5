import type { WalletEvent } from '@tokengrid/contracts';
import { type Answers, refusalOf } from '@tokengrid/service';
import { z } from 'zod';
import { priceVersion } from '../amounts.ts';

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
  TokenPriceRefused: refusalOf,
  TokenPriceWithdrawn: ({ data }) => ({ status: 200, body: { ...data, status: 'withdrawn' } }),
  TokenPriceWithdrawalRefused: refusalOf,
} satisfies Partial<Answers<WalletEvent>>;
