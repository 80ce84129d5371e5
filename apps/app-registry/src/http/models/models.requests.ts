import {
  endpoint,
  instant,
  meterName,
  meterPrice,
  modelName,
  modelPrices,
  modelStatus,
  offerTerms,
  operatorBps,
  text,
} from '@tokengrid/contracts';
import { pageQuery } from '@tokengrid/service';
import { z } from 'zod';
import { effectiveFrom } from '../effective-from.ts';

const share = operatorBps.meta({ description: "operator's share in basis points: 500 is 5 %" });

/** Offers and models are looked up in one place, so a name is no offer's id. */
const newName = modelName.refine((name) => !/^mod_[0-9a-z]{26}$/.test(name), 'must not be an id of an offer');

export const ModelRequest = z
  .strictObject({ name: newName, ...offerTerms, prices: modelPrices, operatorBps: share })
  .meta({ id: 'ModelRequest' });
export type ModelRequest = z.output<typeof ModelRequest>;

export const PricesRequest = z
  .strictObject({
    prices: modelPrices,
    operatorBps: share.optional().meta({ description: "operator's share from then on; as before if absent" }),
    effectiveFrom,
  })
  .meta({ id: 'PricesRequest' });
export type PricesRequest = z.output<typeof PricesRequest>;

export const RejectionOfModelRequest = z
  .strictObject({ reasons: z.array(text(500)).min(1).max(20) })
  .meta({ id: 'RejectionOfModelRequest' });
export type RejectionOfModelRequest = z.output<typeof RejectionOfModelRequest>;

export const ModelsQuery = pageQuery.extend({
  name: modelName.optional().meta({ description: 'Name of the model' }),
  region: text(60).optional().meta({ description: 'Region of the offer' }),
  meter: meterName.optional().meta({ description: 'Meter that the offer prices' }),
  format: z
    .enum(['offers', 'openai'])
    .default('offers')
    .meta({ description: "`openai`: models by name, as OpenAI's API lists them; without the other filters" }),
});
export type ModelsQuery = z.output<typeof ModelsQuery>;

const { region, capacity, tokenizer, dataPromises } = offerTerms;
const priceVersion = { priceVersion: z.int(), prices: z.array(meterPrice), effectiveFrom: instant };
const offer = {
  ...{ modelId: z.string(), name: z.string(), providerId: z.string() },
  ...{ region, capacity, tokenizer, dataPromises },
};

export const ModelAnswer = z
  .strictObject({
    ...offer,
    endpoint,
    operatorBps,
    status: modelStatus.meta({ description: "pending: it waits for the operator's approval" }),
    prices: z.array(meterPrice),
    priceVersion: z.int().optional(),
    effectiveFrom: instant.optional(),
  })
  .meta({ id: 'Model' });

export const ModelStatusAnswer = z
  .strictObject({ modelId: z.string(), status: modelStatus, reasons: z.array(z.string()).optional() })
  .meta({ id: 'ModelStatusChanged' });

export const PricesAnswer = z
  .strictObject({ modelId: z.string(), name: z.string(), operatorBps, ...priceVersion })
  .meta({ id: 'ModelPrices' });

export const PricesWithdrawnAnswer = z
  .strictObject({ modelId: z.string(), priceVersion: z.int(), status: z.literal('withdrawn') })
  .meta({ id: 'ModelPricesWithdrawn' });

const OfferOfModel = z.strictObject({ ...offer, ...priceVersion });

const openAiModel = {
  id: z.string().meta({ description: 'Name of the model', example: 'deepseek-ai/DeepSeek-V3' }),
  object: z.literal('model'),
  created: z.int().meta({ description: 'Time of its first offer, in epoch seconds', example: 1_767_225_600 }),
  owned_by: z.string().meta({ description: 'Id of the provider of its first offer', example: 'org_01jzx…' }),
};

export const ModelDetails = z
  .looseObject({
    modelId: z.string().optional(),
    status: modelStatus.optional(),
    name: z.string(),
    endpoint: z.string().optional(),
    operatorBps: z.int().optional(),
    reasons: z.array(z.string()).optional(),
    priceVersions: z.array(z.strictObject({ ...priceVersion, operatorBps: operatorBps.optional() })).optional(),
    offers: z.array(OfferOfModel).optional(),
    id: openAiModel.id.optional(),
    object: openAiModel.object.optional(),
    created: openAiModel.created.optional(),
    owned_by: openAiModel.owned_by.optional(),
  })
  .meta({
    id: 'ModelDetails',
    description:
      "an offer with all its prices; endpoint, operatorBps and reasons for its provider and the operator only. By a model's name: its offers, beside the fields of OpenAI's API",
  });

export const ModelList = z
  .strictObject({
    data: z.array(z.union([OfferOfModel, z.strictObject(openAiModel)])),
    nextCursor: z.string().nullable(),
    object: z.literal('list').optional(),
  })
  .meta({ id: 'ModelList', description: 'offers; with `format=openai`, models' });

export type OpenAiModel = z.output<z.ZodObject<typeof openAiModel>>;
