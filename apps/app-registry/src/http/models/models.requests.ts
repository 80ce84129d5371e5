import { instant, meterPrice, modelName, modelPrices, text } from '@tokengrid/contracts';
import { pageOf } from '@tokengrid/service';
import { z } from 'zod';
import { effectiveFrom } from '../effective-from.ts';

const operatorBps = z.int().min(0).max(10_000).meta({ description: "operator's share in basis points: 500 is 5 %" });

export const ModelRequest = z
  .strictObject({
    name: modelName,
    endpoint: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).max(500),
    region: text(60),
    prices: modelPrices,
    operatorBps,
  })
  .meta({ id: 'ModelRequest' });
export type ModelRequest = z.output<typeof ModelRequest>;

export const PricesRequest = z.strictObject({ prices: modelPrices, effectiveFrom }).meta({ id: 'PricesRequest' });
export type PricesRequest = z.output<typeof PricesRequest>;

const priceVersion = { priceVersion: z.int(), prices: z.array(meterPrice), effectiveFrom: instant };

const model = { modelId: z.string(), name: z.string(), providerId: z.string(), region: z.string() };

export const ModelAnswer = z
  .strictObject({ ...model, endpoint: z.string(), operatorBps: z.int(), ...priceVersion })
  .meta({ id: 'Model' });

export const PricesAnswer = z
  .strictObject({ modelId: z.string(), name: z.string(), ...priceVersion })
  .meta({ id: 'ModelPrices' });

export const PricesWithdrawnAnswer = z
  .strictObject({ modelId: z.string(), priceVersion: z.int(), status: z.literal('withdrawn') })
  .meta({ id: 'ModelPricesWithdrawn' });

export const ModelDetails = z
  .strictObject({
    ...model,
    endpoint: z.string().optional(),
    operatorBps: z.int().optional(),
    priceVersions: z.array(z.strictObject(priceVersion)),
  })
  .meta({
    id: 'ModelDetails',
    description: 'endpoint and operatorBps are visible to the provider and the operator only',
  });

export const ModelList = pageOf(z.strictObject({ ...model, ...priceVersion })).meta({ id: 'ModelList' });
