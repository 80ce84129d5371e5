import { z } from 'zod';
import { tokens } from '../amounts.ts';
import { quoteId } from '../quotes/quotes.requests.ts';

export const SaleRequest = z.strictObject({ tokens, quoteId }).meta({ id: 'SaleRequest' });
export type SaleRequest = z.output<typeof SaleRequest>;
