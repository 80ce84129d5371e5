import { z } from 'zod';

/** µAIT on the wire. */
export const decimal = z.string().meta({ description: 'whole µAIT as a decimal string', example: '1250000' });

/** Fiat on the wire. */
export const money = z.strictObject({ currency: z.string(), amount: z.string() });
