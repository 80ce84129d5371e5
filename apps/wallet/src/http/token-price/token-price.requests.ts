import { amount, currency } from '@tokengrid/contracts';
import { sentTime } from '@tokengrid/service';
import { z } from 'zod';

/** Maximum price of an AIT in minor units: 10^12. */
const highestPrice = 10n ** 12n;

const price = amount
  .refine((minorUnits) => minorUnits <= highestPrice, 'must not be larger than 10^12')
  .meta({ description: 'minor units of the currency per AIT (1,000,000 µAIT), as a decimal string', example: '200' });

export const TokenPriceRequest = z
  .strictObject({ currency, buy: price, sellBack: price, effectiveFrom: sentTime.optional() })
  .refine(({ buy, sellBack }) => sellBack <= buy, { path: ['sellBack'], error: 'must not be higher than buy' })
  .meta({ id: 'TokenPriceRequest', description: 'in force at once if effectiveFrom is absent or past' });
export type TokenPriceRequest = z.output<typeof TokenPriceRequest>;
