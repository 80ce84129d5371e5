import { z } from 'zod';
import { event } from '../event.ts';
import { partyId, typeId } from '../ids.ts';
import { endpoint, meterName, modelName, operatorBps } from '../market-words.ts';
import { unitPrice } from '../money.ts';
import { appRegistryRefusals } from '../refusals/app-registry.ts';
import { codesOf } from '../refusals/commands.ts';
import { instant, text } from '../vocabulary.ts';

export const meterPrice = z.strictObject({ meter: meterName, unitPrice });
/** Prices of an offer, at most one per meter. */
export const modelPrices = z
  .array(meterPrice)
  .min(1)
  .max(20)
  .refine((prices) => new Set(prices.map((price) => price.meter)).size === prices.length, 'must name each meter once');

/** Promises of a provider about the requests that it serves. */
export const dataPromises = z.strictObject({
  /** Whether it trains models on them. */
  training: z.boolean().optional(),
  /** Days for which it keeps them; 0: not at all. */
  retentionDays: z.int().min(0).max(3650).optional(),
});

/** What an offer says beside its prices. */
export const offerTerms = {
  endpoint,
  region: text(60),
  /** Requests that it serves at a time. */
  capacity: z.int().min(1).max(1_000_000).optional(),
  /** Name of the tokenizer that counts its units. */
  tokenizer: text(100).optional(),
  dataPromises: dataPromises.optional(),
};

const model = { modelId: typeId('mod'), name: modelName, providerId: partyId };
const offer = { ...model, ...offerTerms, prices: modelPrices, operatorBps };

/** In the stream `model-name-<look>`, which all names that look alike share. */
export const ModelNamed = event(
  'ModelNamed',
  'A model has this name, by its first spelling: an offer under creation is one of it.',
  z.strictObject(model),
);
export const ModelNameRefused = event(
  'ModelNameRefused',
  'A name looks like that of another model.',
  z.strictObject({ ...model, code: codesOf(appRegistryRefusals, 'nameModel'), takenName: modelName }),
);

export const ModelSubmitted = event(
  'ModelSubmitted',
  "An offer of a model waits for the operator's approval: its share is below the minimum.",
  z.strictObject(offer),
);
export const ModelRejected = event(
  'ModelRejected',
  'The operator rejected an offer of a model, with reasons.',
  z.strictObject({ ...model, reasons: z.array(text(500)).min(1).max(20) }),
);
export const ModelOffered = event(
  'ModelOffered',
  'A provider offered a model, with a price for each of its meters.',
  z.strictObject({ ...offer, priceVersion: z.int().min(1), effectiveFrom: instant }),
);
export const ModelPriced = event(
  'ModelPriced',
  "An offer's prices and operator's share were set, in force from a stated time on.",
  z.strictObject({
    ...model,
    prices: modelPrices,
    operatorBps,
    priceVersion: z.int().min(2),
    effectiveFrom: instant,
  }),
);
/** Only for prices not yet in force: nothing was rated by them. */
export const ModelPriceWithdrawn = event(
  'ModelPriceWithdrawn',
  "An offer's prices were withdrawn before they took effect.",
  z.strictObject({ ...model, priceVersion: z.int().min(2) }),
);
export const ModelSuspended = event(
  'ModelSuspended',
  'The operator suspended an offer: what is used of it from then on is not charged.',
  z.strictObject(model),
);
export const ModelReinstated = event(
  'ModelReinstated',
  "The operator lifted an offer's suspension.",
  z.strictObject(model),
);
export const ModelWithdrawn = event(
  'ModelWithdrawn',
  'An offer was withdrawn for good: what is used of it from then on is not charged.',
  z.strictObject(model),
);

/** Status of an offer. */
export const modelStatus = z.enum(['pending', 'rejected', 'offered', 'suspended', 'withdrawn']);
export const ModelRefused = event(
  'ModelRefused',
  'A command to an offer of a model was refused.',
  z.strictObject({
    modelId: typeId('mod'),
    code: codesOf(
      appRegistryRefusals,
      'offerModel',
      'approveModel',
      'rejectModel',
      'priceModel',
      'withdrawModelPrice',
      'suspendModel',
      'reinstateModel',
      'withdrawModel',
    ),
    minimumBps: operatorBps.optional(),
    priceVersion: z.int().min(1).optional(),
    /** Time of effect of the price list that it would have to follow. */
    scheduledFor: instant.optional(),
    /** Name of the model that it looks like. */
    takenName: modelName.optional(),
    /** Status of the offer, and the status that the command needs. */
    modelStatus: modelStatus.optional(),
    allowed: z.array(modelStatus).optional(),
  }),
);

/** Names of models. */
export const modelNameEvents = [ModelNamed, ModelNameRefused] as const;
/** Offers of models, and their prices. */
export const modelEvents = [
  ModelSubmitted,
  ModelRejected,
  ModelOffered,
  ModelPriced,
  ModelPriceWithdrawn,
  ModelSuspended,
  ModelReinstated,
  ModelWithdrawn,
  ModelRefused,
] as const;
