import { basisPointsOf, operatorPartyId, type RatedUse } from '@tokengrid/contracts';
import type { CountedPlan, PriceList } from './terms.ts';

/** Earners of a use, and what the developer adds for them. */
export type Shares = Pick<RatedUse, 'shares' | 'subsidy'>;

/** Whose price lists a use is rated by, and the operator's part of what the payer pays. */
export interface Earning {
  readonly operatorBps: number;
  readonly app?: Pick<PriceList | CountedPlan, 'sellerId'> | undefined;
  readonly model?: Pick<PriceList, 'sellerId'> | undefined;
}

/**
 * Shares of a use in whole µAIT, which sum to `gross`; none has another sign. The operator gets its
 * basis points of gross, rounded half up. For direct use of a model, the provider gets the rest.
 * For an app, the provider gets `cost`, the price of the model units, or what gross leaves for it,
 * and the developer the rest. What gross does not leave of `cost` is the developer's `subsidy`. Of
 * what a use gives back, the operator and the developer give their parts, and the provider none.
 * Roles stay separate even if one party has two of them.
 */
export function sharesOf(gross: bigint, cost: bigint, { operatorBps, app, model }: Earning): Shares {
  const fee = gross < 0n ? -basisPointsOf(-gross, operatorBps) : basisPointsOf(gross, operatorBps);
  const left = gross - fee;
  const provided = providedOf(left, cost, app !== undefined);
  const shares: RatedUse['shares'] = [{ role: 'operator', partyId: operatorPartyId, tokens: fee }];
  if (model) shares.push({ role: 'provider', partyId: model.sellerId, tokens: provided });
  if (app) shares.push({ role: 'developer', partyId: app.sellerId, tokens: model ? left - provided : left });
  if (!app || !model || cost === provided) return { shares };
  return { shares, subsidy: { partyId: app.sellerId, tokens: cost - provided } };
}

function providedOf(left: bigint, cost: bigint, isOfApp: boolean): bigint {
  if (!isOfApp) return left;
  if (left < 0n) return 0n;
  return cost < left ? cost : left;
}
