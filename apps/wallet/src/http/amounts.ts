import { amount, positiveAmount } from '@tokengrid/contracts';
import { z } from 'zod';

/** µAIT on the wire. */
export const decimal = z.string().meta({ description: 'whole µAIT as a decimal string', example: '1250000' });

/** Version of a token price. */
export const priceVersion = z.int().meta({ description: 'Version of the token price', example: 3 });

/** Fiat on the wire. */
export const money = z.strictObject({
  currency: z.string().meta({ example: 'CNY' }),
  amount: z.string().meta({ description: 'minor units of the currency, as a decimal string', example: '1999' }),
});

/**
 * Maximum µAIT of one request: 10^24, so that no sum of a wallet comes near the limit of the books.
 */
export const largestMove = 10n ** 24n;

/** µAIT of a request. */
export const tokens = positiveAmount
  .refine((amount) => amount <= largestMove, 'must not be larger than 10^24')
  .meta({ description: 'whole µAIT (1 AIT = 1,000,000 µAIT), at most 10^24, as a decimal string', example: '1250000' });

/** µAIT in the operator's books. */
export const microAit = z.string().meta({ description: 'µAIT', example: '1250000' });

/** Maximum monthly limit of the bill in minor units: 10^15. */
const largestLimit = 10n ** 15n;

/** A monthly limit in minor units. */
export const minorUnitsPerMonth = amount
  .refine((minorUnits) => minorUnits <= largestLimit, 'must not be larger than 10^15')
  .meta({ description: 'minor units per party and month of the operator, as a decimal string', example: '20000' });
