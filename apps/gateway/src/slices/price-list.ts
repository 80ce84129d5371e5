import { decimalOf, scaled, type SlicePrices } from '@tokengrid/contracts';
import type { Units } from '../serving/purse.ts';

/** A unit price that bounds what uses of a slice cost. */
interface Price {
  readonly meter: string;
  /** µAIT × 10^6 per unit, or per block. */
  readonly unitPrice: bigint;
  /** True if a use counts as one unit, whatever its units. */
  readonly countsUses: boolean;
  /** Units × 10^6 of a block; absent: of each unit. */
  readonly block?: bigint;
}

/** Prices of a model's offer, or of an app's plan, by which a slice is spent. */
export interface PriceList {
  readonly of: string;
  readonly offer: string | undefined;
  readonly prices: readonly Price[];
}

/** What a use takes of a slice: µAIT at most, and units × 10^6 that were set aside, by meter. */
export interface Taken {
  readonly tokens: bigint;
  readonly free: Units;
}

export const nothingTaken: Taken = { tokens: 0n, free: new Map() };

/** 1 × 10^6. */
const oneUnit = scaled('1');

/** A price list of the terms of a slice. */
export const priceListOf = ({ of, offer, prices }: SlicePrices): PriceList => ({
  ...{ of, offer },
  prices: prices.map(({ meter, unitPrice, aggregation, per }) => ({
    ...{ meter, unitPrice: scaled(unitPrice), countsUses: aggregation === 'count' },
    ...(per !== undefined && { block: scaled(per) }),
  })),
});

/**
 * What units take at most: free ones first, then each line of the rest at its price, rounded up.
 * Metering charges no more, whatever others use meanwhile (`boundsOf` in `libs/rating`).
 * @param freeOf units × 10^6 of a meter that are free
 */
export function reckon({ prices }: PriceList, units: Units, freeOf: (meter: string) => bigint): Taken {
  let tokens = 0n;
  let free: Map<string, bigint> | undefined;
  for (const { meter, unitPrice, countsUses, block } of prices) {
    const named = units.get(meter);
    if (named === undefined) continue;
    const counted = countsUses ? oneUnit : named;
    const atHand = freeOf(meter);
    const took = atHand < counted ? atHand : counted;
    if (took > 0n) (free ??= new Map<string, bigint>()).set(meter, took);
    const rest = counted - took;
    const priced = block === undefined ? rest : ceiled(rest, block) * oneUnit;
    tokens += ceiled(priced * unitPrice, oneUnit * oneUnit);
  }
  return free === undefined && tokens === 0n ? nothingTaken : { tokens, free: free ?? nothingTaken.free };
}

const ceiled = (amount: bigint, by: bigint): bigint => (amount + by - 1n) / by;

/** Units in the form of events. */
export const statedUnits = (units: Units): Record<string, string> =>
  Object.fromEntries([...units].map(([meter, value]) => [meter, decimalOf(value)]));
