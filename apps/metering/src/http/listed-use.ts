import { instantOf } from '@tokengrid/contracts';
import { chargeIdOf } from '../decisions/rules/rated-or-parked.ts';
import type { ListedUse } from '../projections/charges.reads.ts';
import { countInJson } from '../projections/counts.ts';

/** A rated use in the form of answers. */
export function listedUse({ usageId, source, eventId, partyId, app, model, units, ...use }: ListedUse) {
  return {
    ...{ chargeId: chargeIdOf(usageId), usageId, source, eventId, party: partyId },
    ...{ app: app ?? undefined, model: model ?? undefined, tokens: use.tokens },
    units: Object.fromEntries(Object.entries(units).map(([meter, count]) => [meter, countInJson(count)])),
    ...{ time: instantOf(use.usedAt), subsidyOf: use.subsidyOf ?? undefined },
  };
}
