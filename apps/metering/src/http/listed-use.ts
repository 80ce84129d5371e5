import { instantOf, modelName, type Units } from '@tokengrid/contracts';
import { z } from 'zod';
import { chargeIdOf } from '../decisions/rules/charge-id.ts';
import type { ListedUse } from '../projections/charges.reads.ts';
import { countInJson } from '../projections/counts.ts';

/** Fields of a use in lists. */
export const useFields = {
  usageId: z.string(),
  source: z.string(),
  eventId: z.string(),
  party: z.string(),
  app: z.string().optional(),
  model: modelName.optional(),
  units: z.record(z.string(), z.union([z.int(), z.string()])),
  time: z.string(),
};

/** Fields of a rated use in lists. */
export const ratedUseFields = {
  chargeId: z.string(),
  ...useFields,
  tokens: z.string().meta({ description: 'µAIT as a decimal string', example: '1034' }),
  subsidyOf: z.string().optional().meta({
    description: 'Use that the charge subsidises: the payer is the developer of its app',
    example: 'usg_01jzx0000000000000000000ac',
  }),
};

/** Units by meter in the form of answers. */
export const unitsShown = (units: Units) =>
  Object.fromEntries(Object.entries(units).map(([meter, count]) => [meter, countInJson(count)]));

/** A rated use in the form of answers. */
export function listedUse({ usageId, source, eventId, partyId, app, model, units, ...use }: ListedUse) {
  return {
    ...{ chargeId: chargeIdOf(usageId), usageId, source, eventId, party: partyId },
    ...{ app: app ?? undefined, model: model ?? undefined, tokens: use.tokens },
    units: unitsShown(units),
    ...{ time: instantOf(use.usedAt), subsidyOf: use.subsidyOf ?? undefined },
  };
}
