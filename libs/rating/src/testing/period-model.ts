/**
 * Total of a period, computed from the rules sheet (README.md) alone: fractions of big integers,
 * all uses at once, no differences, nothing of the library. Slow and plain on purpose.
 */

/** A fraction; the denominator is more than 0. */
interface Fraction {
  readonly top: bigint;
  readonly bottom: bigint;
}

const zero: Fraction = { top: 0n, bottom: 1n };
const plus = (a: Fraction, b: Fraction): Fraction => ({
  top: a.top * b.bottom + b.top * a.bottom,
  bottom: a.bottom * b.bottom,
});
const minus = (a: Fraction, b: Fraction): Fraction => plus(a, { top: -b.top, bottom: b.bottom });
const times = (a: Fraction, b: Fraction): Fraction => ({ top: a.top * b.top, bottom: a.bottom * b.bottom });
const isLess = (a: Fraction, b: Fraction): boolean => a.top * b.bottom < b.top * a.bottom;
const least = (a: Fraction, b: Fraction): Fraction => (isLess(b, a) ? b : a);
const most = (a: Fraction, b: Fraction): Fraction => (isLess(a, b) ? b : a);
const whole = (top: bigint): Fraction => ({ top, bottom: 1n });

function fractionOf(decimal: string): Fraction {
  const [, before = '', behind = ''] = /^(\d+)(?:\.(\d+))?$/.exec(decimal) ?? [];
  return { top: BigInt(before + behind), bottom: 10n ** BigInt(behind.length) };
}

/** Floor of a fraction that is not below 0. */
function floor({ top, bottom }: Fraction): bigint {
  return top / bottom;
}

function ceiling(fraction: Fraction): bigint {
  return isLess(whole(floor(fraction)), fraction) ? floor(fraction) + 1n : floor(fraction);
}

function halfUp(fraction: Fraction): bigint {
  return floor(plus(fraction, { top: 1n, bottom: 2n }));
}

export interface ModelPrice {
  readonly meter: string;
  readonly model: 'per-unit' | 'package' | 'graduated' | 'volume';
  readonly unitPrice?: string;
  readonly includedUnits?: string;
  readonly tiers?: readonly { readonly upTo: string | null; readonly unitPrice: string }[];
}

export interface ModelUse {
  /** Meter and units. */
  readonly units: readonly (readonly [string, string])[];
  readonly time: number;
  readonly key: string;
}

export interface ModelPlan {
  readonly prices: readonly ModelPrice[];
  readonly aggregations: ReadonlyMap<string, string>;
  readonly maximumCharge?: bigint;
}

/** Cost of all uses in their last form; `closed` is set once the period is over. */
export function modelTotal(
  plan: ModelPlan,
  uses: readonly ModelUse[],
  closed?: { readonly minimumCharge: bigint; readonly days: bigint; readonly ofDays: bigint },
): bigint {
  const lines = modelLines(plan, uses);
  const atMost = plan.maximumCharge !== undefined && plan.maximumCharge < lines ? plan.maximumCharge : lines;
  if (!closed) return atMost;
  const minimum = halfUp(times(whole(closed.minimumCharge), { top: closed.days, bottom: closed.ofDays }));
  return minimum > atMost ? minimum : atMost;
}

/** All lines of a period, without its bounds. */
export function modelLines({ prices, aggregations }: ModelPlan, uses: readonly ModelUse[]): bigint {
  const kindOf = (price: ModelPrice) => aggregations.get(price.meter) ?? 'sum';
  const isByUse = (price: ModelPrice) =>
    price.model === 'per-unit' &&
    fractionOf(price.includedUnits ?? '0').top === 0n &&
    ['sum', 'count'].includes(kindOf(price));
  let total = 0n;
  for (const use of uses) {
    let cost = zero;
    for (const price of prices.filter(isByUse)) {
      for (const [, units] of use.units.filter(([meter]) => meter === price.meter)) {
        const quantity = kindOf(price) === 'count' ? whole(1n) : fractionOf(units);
        cost = plus(cost, times(quantity, fractionOf(price.unitPrice!)));
      }
    }
    total += halfUp(cost);
  }
  for (const price of prices.filter((price) => !isByUse(price))) {
    total += halfUp(costOf(price, quantityOf(kindOf(price), price.meter, uses)));
  }
  return total;
}

function quantityOf(kind: string, meter: string, uses: readonly ModelUse[]): Fraction {
  const given = uses.flatMap(({ units, time, key }) =>
    units.filter(([name]) => name === meter).map(([, decimal]) => ({ value: fractionOf(decimal), time, key })),
  );
  if (kind === 'count') return whole(BigInt(given.length));
  if (kind === 'sum') return given.reduce((sum, { value }) => plus(sum, value), zero);
  if (kind === 'max') return given.reduce((largest, { value }) => most(largest, value), zero);
  if (kind === 'unique') {
    const different = given.filter(
      ({ value }, index) =>
        !given.slice(0, index).some((earlier) => !isLess(earlier.value, value) && !isLess(value, earlier.value)),
    );
    return whole(BigInt(different.length));
  }
  const last = [...given].sort((a, b) => a.time - b.time || (a.key < b.key ? -1 : 1)).at(-1);
  return last?.value ?? zero;
}

function costOf({ model, unitPrice, includedUnits = '0', tiers = [] }: ModelPrice, quantity: Fraction): Fraction {
  const included = fractionOf(includedUnits);
  if (model === 'package') {
    const packages = ceiling({ top: quantity.top * included.bottom, bottom: quantity.bottom * included.top });
    return times(whole(packages), fractionOf(unitPrice!));
  }
  const priced = most(minus(quantity, included), zero);
  if (model === 'per-unit') return times(priced, fractionOf(unitPrice!));
  if (model === 'volume') {
    const tier = tiers.find(({ upTo }) => upTo === null || !isLess(fractionOf(upTo), priced));
    return times(priced, fractionOf(tier!.unitPrice));
  }
  return tiers.reduce((cost, { upTo, unitPrice: price }, index) => {
    const begin = index === 0 ? zero : fractionOf(tiers[index - 1]!.upTo!);
    const end = upTo === null ? priced : least(fractionOf(upTo), priced);
    return plus(cost, times(most(minus(end, begin), zero), fractionOf(price)));
  }, zero);
}
