import { modelLines, type ModelPlan, type ModelPrice, type ModelUse } from '@tokengrid/rating/testing';
import fc from 'fast-check';

/** Meters and their aggregations; two meters of each kind that prices treat apart. */
export const meters = [
  { name: 'questions', unit: 'question', aggregation: 'sum' },
  { name: 'pages', unit: 'page', aggregation: 'sum' },
  { name: 'calls', unit: 'call', aggregation: 'count' },
  { name: 'peak', unit: 'line', aggregation: 'max' },
  { name: 'users', unit: 'user', aggregation: 'unique' },
  { name: 'storage', unit: 'gigabyte', aggregation: 'latest' },
] as const;
const kinds: ReadonlyMap<string, string> = new Map(meters.map(({ name, aggregation }) => [name, aggregation]));

const wholeUpTo = (most: bigint) => fc.oneof(fc.bigInt(0n, 12n), fc.bigInt(0n, most));
const fraction = fc.oneof(
  fc.constant(''),
  fc.integer({ min: 1, max: 999_999 }).map((micros) => `.${String(micros).padStart(6, '0')}`),
);
const decimalUpTo = (most: bigint) => fc.tuple(wholeUpTo(most), fraction).map(([whole, part]) => `${whole}${part}`);
const largestUnits = 10n ** 18n - 1n;
const unitPrice = decimalUpTo(10n ** 9n);
const size = wholeUpTo(10n ** 6n).map((units) => String(units + 1n));
const tiers = fc
  .tuple(fc.uniqueArray(fc.bigInt(1n, 40n), { maxLength: 4 }), fc.array(unitPrice, { minLength: 5, maxLength: 5 }))
  .map(([ends, prices]) =>
    [...ends.sort((one, other) => Number(one - other)).map(String), null].map((upTo, index) => ({
      ...{ upTo, unitPrice: prices[index]! },
    })),
  );

const priceOf = (meter: string): fc.Arbitrary<ModelPrice> => {
  const of = fc.constant(meter);
  return fc.oneof(
    fc.record({ meter: of, model: fc.constant('per-unit' as const), unitPrice }),
    fc.record({ meter: of, model: fc.constant('per-unit' as const), unitPrice, includedUnits: size }),
    fc.record({ meter: of, model: fc.constant('package' as const), unitPrice, includedUnits: size }),
    fc.record({ meter: of, model: fc.constantFrom('graduated' as const, 'volume' as const), tiers }),
  );
};

/** A plan with bounds, as a manifest has it: the minimum is not above the maximum. */
export interface QuotedPlan {
  readonly prices: readonly ModelPrice[];
  readonly minimumCharge?: bigint;
  readonly maximumCharge?: bigint;
}

export const quotedPlan: fc.Arbitrary<QuotedPlan> = fc
  .tuple(
    fc.tuple(...meters.map(({ name }) => fc.option(priceOf(name), { nil: undefined }))),
    fc.option(fc.bigInt(0n, 10n ** 12n), { nil: undefined }),
    fc.option(fc.bigInt(0n, 10n ** 12n), { nil: undefined }),
  )
  .map(([prices, minimum, above]) => ({
    prices: prices.filter((price) => price !== undefined),
    ...(minimum !== undefined && { minimumCharge: minimum }),
    ...(above !== undefined && { maximumCharge: (minimum ?? 0n) + above }),
  }));

/** Units by meter. */
export type UnitsByMeter = Readonly<Record<string, string>>;

const unitsOf = (units: (kind: string) => fc.Arbitrary<string>): fc.Arbitrary<UnitsByMeter> =>
  fc
    .tuple(...meters.map(({ aggregation }) => fc.option(units(aggregation), { nil: undefined })))
    .map((values) =>
      Object.fromEntries(
        meters.flatMap(({ name }, index) => (values[index] === undefined ? [] : [[name, values[index]]])),
      ),
    );

/** A use, and quantities of its period before: of meters that count, whole numbers. */
export const quotedUse = fc.record({
  units: unitsOf(() => fc.oneof(decimalUpTo(50n), decimalUpTo(largestUnits))),
  used: unitsOf((kind) =>
    kind === 'unique' || kind === 'count'
      ? fc.integer({ min: 0, max: 60 }).map(String)
      : fc.oneof(decimalUpTo(50n), decimalUpTo(10n ** 9n)),
  ),
});

const isByUse = ({ model, includedUnits = '0', meter }: ModelPrice) =>
  model === 'per-unit' && includedUnits === '0' && ['sum', 'count'].includes(kinds.get(meter)!);

/**
 * What a use adds to a period with quantities before it, by the sheet alone: the total with it less
 * the total without it. What was used by the use is one use here, since only its quantity is known.
 */
export function modelQuote({ prices, maximumCharge }: QuotedPlan, units: UnitsByMeter, used: UnitsByMeter): bigint {
  const byUse: ModelPlan = { prices: prices.filter(isByUse), aggregations: kinds };
  const byPeriod: ModelPlan = { prices: prices.filter((price) => !isByUse(price)), aggregations: kinds };
  const use: ModelUse = { units: Object.entries(units), time: 2, key: 'next' };
  const before = modelLines({ ...byUse, aggregations: new Map() }, [
    { units: Object.entries(used), time: 1, key: 'used' },
  ]);
  const earlier = usesOf(used);
  const bounded = (lines: bigint) => (maximumCharge !== undefined && maximumCharge < lines ? maximumCharge : lines);
  const without = before + modelLines(byPeriod, earlier);
  const withIt = before + modelLines(byUse, [use]) + modelLines(byPeriod, [...earlier, use]);
  return bounded(withIt) - bounded(without);
}

/** Uses that come to these quantities: as many as a meter counts, each with a value of its own. */
function usesOf(used: UnitsByMeter): ModelUse[] {
  return Object.entries(used).flatMap(([meter, quantity]): ModelUse[] => {
    const kind = kinds.get(meter)!;
    if (kind !== 'count' && kind !== 'unique') return [{ units: [[meter, quantity]], time: 1, key: 'used' }];
    return Array.from({ length: Number(quantity) }, (_, index) => ({
      ...{ units: [[meter, `${10n ** 30n + BigInt(index)}`]] as const, time: 1, key: `used-${index}` },
    }));
  });
}
