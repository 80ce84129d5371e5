import { z } from 'zod';
import { event } from '../event.ts';
import { amount, currency } from '../money.ts';
import { instant } from '../vocabulary.ts';

export const TokenPriceSet = event(
  'TokenPriceSet',
  'The operator posted what a token costs and what it is bought back for.',
  z.strictObject({
    priceVersion: z.int().min(1),
    currency,
    /** Minor units per AIT (1,000,000 µAIT). */
    buy: amount,
    sellBack: amount,
    effectiveFrom: instant,
  }),
);

/** Events of the stream `token-price`. */
export const tokenPriceEvents = [TokenPriceSet] as const;
