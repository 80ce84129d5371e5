import { decimalOf, decimals, type Manifest, type ManifestFault, scaled } from '@tokengrid/contracts';
import type { PlanPrice } from '../price.ts';

/** Prices of one offer of a model. */
export type OfferPrices = readonly { readonly meter: string; readonly unitPrice: string }[];

/** Offers in force of each model that a manifest lists; none for a model that is not on offer. */
export type OffersByModel = ReadonlyMap<string, readonly OfferPrices[]>;

/** Cost of one unit: the model, and µAIT × 10^6 at its cheapest offer. */
interface Cost {
  readonly model: string;
  readonly scaledPrice: bigint;
}

const wholeBps = 10_000n;
/** Prices have up to 18 digits before the point. */
const priceLimit = 10n ** BigInt(18 + decimals);

/**
 * Faults of a manifest's models and of the prices of their meters, by the offers in force: models
 * that are not on offer, and, unless the manifest is subsidised, prices per unit that cover less
 * than the cheapest offer of a model that the app may use.
 */
export function priceFaults(manifest: Manifest, offers: OffersByModel): readonly ManifestFault[] {
  const { models = [], subsidised = false, meters, plans, revenueShare } = manifest;
  const unknown = models.flatMap((model, index): ManifestFault[] =>
    offers.get(model)?.length ? [] : [{ code: 'APP_REGISTRY.MODEL_UNKNOWN', pointer: `/models/${index}` }],
  );
  if (subsidised) return unknown;
  const costs = highestCosts(models, offers);
  const leftBps = wholeBps - BigInt(revenueShare.operatorBps);
  const tooLow = plans.flatMap(({ prices }, plan) =>
    prices.flatMap((price, index) => {
      const cost = costs.get(price.meter);
      return cost ? uncovered(price, cost, leftBps, `/plans/${plan}/prices/${index}`) : [];
    }),
  );
  const notSummed = meters.flatMap(({ name, aggregation }, index): ManifestFault[] => {
    const cost = costs.get(name);
    if (aggregation === 'sum' || !cost) return [];
    return [{ code: 'APP_REGISTRY.METER_NOT_SUMMED', pointer: `/meters/${index}/aggregation`, model: cost.model }];
  });
  return [...unknown, ...notSummed, ...withoutRepeats(tooLow)];
}

/** By meter, the model whose cheapest offer costs most: a price has to cover each of the models. */
function highestCosts(models: readonly string[], offers: OffersByModel): ReadonlyMap<string, Cost> {
  const highest = new Map<string, Cost>();
  for (const model of models) {
    for (const [meter, scaledPrice] of cheapest(offers.get(model) ?? [])) {
      const before = highest.get(meter);
      if (!before || before.scaledPrice < scaledPrice) highest.set(meter, { model, scaledPrice });
    }
  }
  return highest;
}

function cheapest(offers: readonly OfferPrices[]): ReadonlyMap<string, bigint> {
  const least = new Map<string, bigint>();
  for (const { meter, unitPrice } of offers.flat()) {
    const price = scaled(unitPrice);
    const before = least.get(meter);
    if (before === undefined || price < before) least.set(meter, price);
  }
  return least;
}

/** Faults of the unit prices of one price: of each tier, if it has tiers. */
function uncovered(price: PlanPrice, { model, scaledPrice }: Cost, leftBps: bigint, at: string): ManifestFault[] {
  const units = price.model === 'package' ? BigInt(price.includedUnits ?? '0') : 1n;
  const cost = scaledPrice * units * wholeBps;
  const unitPrices = price.tiers
    ? price.tiers.map(({ unitPrice }, tier) => [unitPrice, `${at}/tiers/${tier}/unitPrice`] as const)
    : [[price.unitPrice ?? '0', `${at}/unitPrice`] as const];
  return unitPrices.flatMap(([unitPrice, pointer]): ManifestFault[] => {
    if (scaled(unitPrice) * leftBps >= cost) return [];
    const least = leftBps === 0n ? priceLimit : (cost + leftBps - 1n) / leftBps;
    if (least >= priceLimit) {
      return [{ code: 'APP_REGISTRY.SHARE_ABOVE_COST', pointer: '/revenueShare/operatorBps', model }];
    }
    return [{ code: 'APP_REGISTRY.PRICE_BELOW_COST', pointer, model, leastUnitPrice: decimalOf(least) }];
  });
}

/** The share is a fault of many prices, and said once. */
function withoutRepeats(faults: readonly ManifestFault[]): ManifestFault[] {
  const said = new Set<string>();
  return faults.filter(({ pointer }) => {
    const isNew = !said.has(pointer);
    said.add(pointer);
    return isNew;
  });
}
