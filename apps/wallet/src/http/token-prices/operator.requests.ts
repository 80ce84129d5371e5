import { amount, currency, positiveAmount } from '@tokengrid/contracts';
import { sentTime } from '@tokengrid/service';
import { z } from 'zod';

/** Most minor units that an AIT may cost: 10^12. */
const highestPrice = 10n ** 12n;
/** Most µAIT that may be outstanding: 10^27. */
const largestCapacity = 10n ** 27n;

const price = amount
  .refine((minorUnits) => minorUnits <= highestPrice, 'must not be larger than 10^12')
  .meta({ description: 'minor units of the currency per AIT (1,000,000 µAIT), as a decimal string', example: '200' });

export const TokenPriceRequest = z
  .strictObject({ currency, buy: price, sellBack: price, effectiveFrom: sentTime.optional() })
  .refine(({ buy, sellBack }) => sellBack <= buy, { path: ['sellBack'], error: 'must not be higher than buy' })
  .meta({ id: 'TokenPriceRequest', description: 'without effectiveFrom, or with one that is past, in force at once' });
export type TokenPriceRequest = z.output<typeof TokenPriceRequest>;

export const CapacityRequest = z
  .strictObject({
    tokens: amount
      .refine((tokens) => tokens <= largestCapacity, 'must not be larger than 10^27')
      .meta({ description: 'µAIT that may be outstanding, as a decimal string', example: '50000000000000' }),
  })
  .meta({ id: 'CapacityRequest' });
export type CapacityRequest = z.output<typeof CapacityRequest>;

export const FeesRetirementRequest = z
  .strictObject({
    tokens: positiveAmount.optional().meta({
      description: 'µAIT of the fees that are to leave the world, as a decimal string; without it all',
      example: '1250000',
    }),
  })
  .meta({ id: 'FeesRetirementRequest' });
export type FeesRetirementRequest = z.output<typeof FeesRetirementRequest>;
