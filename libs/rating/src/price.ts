import { divideHalfUp, scaled } from '@tokengrid/contracts';
import { oneUnit, productScale } from './decimals.ts';

/** Rule that makes one quantity of a meter's uses in a period. */
export type Aggregation = 'sum' | 'count' | 'max' | 'unique' | 'latest';

/** A tier of a price, up to a quantity; the last one without an end. */
export interface PriceTier {
  readonly upTo: string | null;
  readonly unitPrice: string;
}

/** A price of a plan, as a manifest has it. */
export interface PlanPrice {
  readonly meter: string;
  readonly model: 'per-unit' | 'package' | 'graduated' | 'volume';
  readonly unitPrice?: string | undefined;
  readonly tiers?: readonly PriceTier[] | undefined;
  readonly includedUnits?: string | undefined;
}

/** Cost of a meter's quantity. Units and unit prices are × 10^6. */
export type Formula =
  | { readonly model: 'per-unit'; readonly unitPrice: bigint; readonly included: bigint }
  | { readonly model: 'package'; readonly unitPrice: bigint; readonly size: bigint }
  | { readonly model: 'graduated' | 'volume'; readonly tiers: readonly Tier[]; readonly included: bigint };

interface Tier {
  readonly upTo: bigint | null;
  readonly unitPrice: bigint;
}

/** True if one use determines its cost. Every other price counts over a subscription's period. */
export function isByUse({ model, includedUnits = '0' }: PlanPrice, aggregation: Aggregation): boolean {
  return model === 'per-unit' && scaled(includedUnits) === 0n && (aggregation === 'sum' || aggregation === 'count');
}

/**
 * The formula of a price.
 * @throws Error for a price with problems by `priceProblems`
 */
export function formulaOf({ meter, model, unitPrice, tiers, includedUnits = '0' }: PlanPrice): Formula {
  const included = scaled(includedUnits);
  if (model === 'graduated' || model === 'volume') {
    if (!tiers || tiers.at(-1)?.upTo !== null) throw new Error(`the ${model} price of ${meter} has no last tier`);
    return { model, included, tiers: tiers.map(tierOf) };
  }
  if (unitPrice === undefined) throw new Error(`the ${model} price of ${meter} has no unitPrice`);
  if (model === 'per-unit') return { model, included, unitPrice: scaled(unitPrice) };
  if (included === 0n) throw new Error(`the package price of ${meter} has no size`);
  return { model, size: included, unitPrice: scaled(unitPrice) };
}

function tierOf({ upTo, unitPrice }: PriceTier): Tier {
  return { upTo: upTo === null ? null : scaled(upTo), unitPrice: scaled(unitPrice) };
}

/** A period's line: the cost of a quantity, rounded half up once. */
export function lineOf(formula: Formula, quantity: bigint): bigint {
  return divideHalfUp(exactCost(formula, quantity), productScale);
}

/** Exact cost of a quantity, × 10^12. */
function exactCost(formula: Formula, quantity: bigint): bigint {
  if (formula.model === 'package') {
    const started = (quantity + formula.size - 1n) / formula.size;
    return started * oneUnit * formula.unitPrice;
  }
  const priced = quantity > formula.included ? quantity - formula.included : 0n;
  if (formula.model === 'per-unit') return priced * formula.unitPrice;
  return formula.model === 'volume' ? volumeCost(formula.tiers, priced) : graduatedCost(formula.tiers, priced);
}

function volumeCost(tiers: readonly Tier[], quantity: bigint): bigint {
  const tier = tiers.find(({ upTo }) => upTo === null || quantity <= upTo)!;
  return quantity * tier.unitPrice;
}

function graduatedCost(tiers: readonly Tier[], quantity: bigint): bigint {
  let cost = 0n;
  let below = 0n;
  for (const { upTo, unitPrice } of tiers) {
    if (quantity <= below) break;
    const end = upTo === null || quantity < upTo ? quantity : upTo;
    cost += (end - below) * unitPrice;
    below = end;
  }
  return cost;
}
