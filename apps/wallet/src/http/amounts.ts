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
