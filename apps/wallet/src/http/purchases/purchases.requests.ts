import { z } from 'zod';
import { tokens } from '../amounts.ts';
import { quoteId } from '../quotes/quotes.requests.ts';

export const PurchaseRequest = z
  .strictObject({ tokens, method: z.enum(['carrier-bill', 'payment-provider']), quoteId })
  .meta({
    id: 'PurchaseRequest',
    description: 'with the method payment-provider, a purchase is pending until it is paid',
  });
export type PurchaseRequest = z.output<typeof PurchaseRequest>;
