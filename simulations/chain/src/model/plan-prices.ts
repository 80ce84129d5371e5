import { Fraction } from './fraction.ts';
import type { Aggregation } from './quantities.ts';

interface Tier {
  /** Last unit of the tier, counted from the first unit of all; `null`: it has no end. */
  readonly upTo: string | null;
  readonly unitPrice: string;
}

/** Price of a meter in a plan. */
export interface PlanPrice {
  readonly meter: string;
  readonly model: 'per-unit' | 'package' | 'graduated' | 'volume';
  readonly unitPrice?: string | undefined;
  readonly tiers?: readonly Tier[] | undefined;
  /** Free units of a period; of a package, its size. */
  readonly includedUnits?: string | undefined;
}

/** A plan as it was published. */
export interface PlanTerms {
  readonly prices: readonly PlanPrice[];
  readonly trialDays?: number | undefined;
  /** Bounds of what the uses of a period cost, in µAIT. */
  readonly minimumCharge?: bigint | undefined;
  readonly maximumCharge?: bigint | undefined;
}

/** True if a use alone determines its price. */
export const isByUse = ({ model, includedUnits = '0' }: PlanPrice, aggregation: Aggregation): boolean =>
  model === 'per-unit' && /^0+$/.test(includedUnits) && (aggregation === 'sum' || aggregation === 'count');

/** Exact price of a quantity of a period. */
export function costOfQuantity(price: PlanPrice, quantity: Fraction): Fraction {
  const { model, includedUnits = '0' } = price;
  const included = Fraction.ofDecimal(includedUnits);
  if (model === 'package') return quantity.over(included).roundedUp.times(unitPriceOf(price));
  const priced = quantity.isAbove(included) ? quantity.minus(included) : Fraction.zero;
  if (model === 'per-unit') return priced.times(unitPriceOf(price));
  return model === 'graduated' ? graduated(price, priced) : volume(price, priced);
}

/** Each tier has the units above the one before it, up to its own end. */
function graduated({ tiers = [] }: PlanPrice, quantity: Fraction): Fraction {
  let cost = Fraction.zero;
  let below = Fraction.zero;
  for (const { upTo, unitPrice } of tiers) {
    const end = upTo === null ? quantity : Fraction.ofDecimal(upTo);
    const reached = quantity.isAbove(end) ? end : quantity;
    if (reached.isAbove(below)) cost = cost.plus(reached.minus(below).times(Fraction.ofDecimal(unitPrice)));
    below = end;
  }
  return cost;
}

/** All units cost what the tier says that the last of them is in; a tier's end is in it. */
function volume({ tiers = [] }: PlanPrice, quantity: Fraction): Fraction {
  const tier = tiers.find(({ upTo }) => upTo === null || !quantity.isAbove(Fraction.ofDecimal(upTo)));
  return quantity.times(Fraction.ofDecimal(tier!.unitPrice));
}

const unitPriceOf = ({ unitPrice }: PlanPrice): Fraction => Fraction.ofDecimal(unitPrice!);
