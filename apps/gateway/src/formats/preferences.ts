import { z } from 'zod';
import type { Preferences } from './asked.ts';

/** Maximum number of providers in a list. */
const mostProviders = 50;

const providers = z.array(z.string().min(1).max(200)).max(mostProviders);

/** The field `provider` of a request, as OpenRouter has it; prices are µAIT per unit, by meter. */
export const providerField = z
  .strictObject({
    order: providers.optional(),
    only: providers.optional(),
    ignore: providers.optional(),
    allow_fallbacks: z.boolean().optional(),
    max_price: z.record(z.string().max(63), z.string().regex(/^\d{1,18}(\.\d{1,6})?$/)).optional(),
    sort: z.enum(['price', 'latency']).optional(),
    region: z.string().max(100).optional(),
    data_collection: z.enum(['allow', 'deny']).optional(),
  })
  .nullish();

/** What a request says of the offers that may serve it. */
export function preferencesOf(field: z.output<typeof providerField>): Preferences {
  const { order, only, ignore, allow_fallbacks: allowFallbacks, max_price: prices, sort, region } = field ?? {};
  return {
    ...{ order, only, ignore, allowFallbacks, sort, region },
    maxPrice: prices && new Map(Object.entries(prices)),
    denyTraining: field?.data_collection === 'deny' ? true : undefined,
  };
}
