import { typeId } from '@tokengrid/contracts';
import { z } from 'zod';
import { tokens } from '../amounts.ts';

/** Quote for the price of a purchase or sale. */
export const quoteId = typeId('quo').optional().meta({ description: 'the posted price if absent' });

export const QuoteRequest = z.strictObject({ side: z.enum(['buy', 'sell']), tokens }).meta({ id: 'QuoteRequest' });
export type QuoteRequest = z.output<typeof QuoteRequest>;
