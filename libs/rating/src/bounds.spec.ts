import { describe, expect, it } from '@jest/globals';
import { scaled } from '@tokengrid/contracts';
import fc from 'fast-check';
import { type Bound, boundsOf } from './bounds.ts';
import { publicationFaults } from './manifest/publication-faults.ts';
import { emptyPeriod, evolvePeriod, type Period, type PlanTerms, rateAside, rateInPeriod, termsOf } from './period.ts';
import type { Aggregation, PlanPrice } from './price.ts';

const units = fc.bigInt({ min: 0n, max: 60_000_000n }).map(decimal);
const price = fc.bigInt({ min: 0n, max: 9_000_000n }).map(decimal);
const some = fc.integer({ min: 1, max: 40 }).map(String);

/** A decimal string of a number × 10^6. */
function decimal(count: bigint): string {
  const digits = count.toString().padStart(7, '0');
  return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
}

const tiers = (falling: boolean) =>
  fc.tuple(some, some, fc.tuple(price, price, price)).map(([first, second, prices]) => {
    const sorted = falling ? [...prices].sort((one, other) => Number(other) - Number(one)) : prices;
    return [
      { upTo: first, unitPrice: sorted[0]! },
      { upTo: String(Number(first) + Number(second)), unitPrice: sorted[1]! },
      { upTo: null, unitPrice: sorted[2]! },
    ];
  });
const meter = 'pages';
const manifest = {
  ...{ endpoint: 'https://pages.example.com', description: 'Prints pages.', meters: [], scopes: [], dataUse: [] },
  revenueShare: { operatorBps: 0 },
};
const planPrice: fc.Arbitrary<PlanPrice> = fc.oneof(
  fc.record({ meter: fc.constant(meter), model: fc.constant('per-unit' as const), unitPrice: price }),
  fc.record({
    ...{ meter: fc.constant(meter), model: fc.constantFrom('per-unit' as const, 'package' as const) },
    ...{ unitPrice: price, includedUnits: some },
  }),
  fc.record({ meter: fc.constant(meter), model: fc.constant('graduated' as const), tiers: tiers(false) }),
  fc.record({
    ...{ meter: fc.constant(meter), model: fc.constant('volume' as const) },
    ...{ tiers: tiers(true), includedUnits: some },
  }),
);
const aggregation = fc.constantFrom<Aggregation>('sum', 'count', 'max', 'unique', 'latest');
const maximumCharge = fc.option(fc.bigInt({ min: 0n, max: 200n }), { nil: undefined });

function planOf(price: PlanPrice, kind: Aggregation, maximum: bigint | undefined): PlanTerms {
  return termsOf({ prices: [price], maximumCharge: maximum }, new Map([[meter, kind]]));
}

/** Most that units of the meter cost, as a gateway reckons: rounded up. */
function mostOf({ unitPrice, aggregation: kind, per = '1' }: Bound, count: bigint): bigint {
  const billed = kind === 'count' ? 1_000_000n : count;
  const blocks = per === '1' ? billed : ceiled(billed, scaled(per)) * 1_000_000n;
  return ceiled(blocks * scaled(unitPrice), 10n ** 12n);
}
const ceiled = (amount: bigint, by: bigint): bigint => (amount + by - 1n) / by;

/** A period with uses, and the next use, which is not in it yet. */
function after(terms: PlanTerms, counts: readonly string[]): Period {
  return counts.reduce((period, count, index) => {
    const use = { units: { [meter]: count }, time: index, key: String(index) };
    const rated = rateInPeriod(terms, period, use);
    return typeof rated === 'string' ? period : evolvePeriod(period, rated.change);
  }, emptyPeriod);
}

describe('bounds of a plan', () => {
  it('are never exceeded by a use, however much was used before', () =>
    fc.assert(
      fc.property(
        ...([planPrice, aggregation, maximumCharge, fc.array(units, { maxLength: 6 }), units] as const),
        (of, kind, maximum, counts, count) => {
          const terms = planOf(of, kind, maximum);
          const period = after(terms, counts);
          const [bound] = boundsOf(terms, period)!;
          const rated = rateInPeriod(terms, period, { units: { [meter]: count }, time: 99, key: 'next' });
          if (typeof rated === 'string') return;
          expect(rated.tokens <= mostOf(bound!, scaled(count))).toBe(true);
        },
      ),
    ));

  it('leave room that costs nothing', () =>
    fc.assert(
      fc.property(
        ...([planPrice, fc.constantFrom('sum', 'count'), fc.array(units, { maxLength: 6 })] as const),
        (of, kind, counts) => {
          const terms = planOf(of, kind as Aggregation, undefined);
          const period = after(terms, counts);
          const { room } = boundsOf(terms, period)![0]!;
          if (terms.byPeriod.length === 0) return expect(room).toBe(0n);
          const aside = (value: bigint) =>
            rateAside(
              terms,
              period,
              { units: new Map(), time: 0, key: '' },
              {
                ...{ units: { [meter]: decimal(value) }, time: 99, key: 'next' },
              },
            );
          if (kind === 'count') return expect(room >= 0n).toBe(true);
          expect(aside(room)).toMatchObject({ tokens: 0n });
        },
      ),
    ));

  describe('with a dearer tier', () => {
    const tiersUpTo2 = [
      { upTo: '10', unitPrice: '1' },
      { upTo: null, unitPrice: '2' },
    ];
    const boundsBy = (model: 'volume' | 'graduated', of: string) =>
      boundsOf(termsOf({ prices: [{ meter: of, model, tiers: tiersUpTo2 }] }, new Map()), emptyPeriod);

    it('are none where all units get dearer, of a meter that a gateway measures', () =>
      expect(boundsBy('volume', 'output_tokens')).toBeUndefined());

    it('leave out a meter of the app, of which a gateway serves no units', () =>
      expect(boundsBy('volume', meter)).toEqual([]));

    it('have its price where the units above it alone are dearer', () =>
      expect(boundsBy('graduated', meter)).toEqual([{ meter, unitPrice: '2', aggregation: 'sum', room: 0n }]));
  });

  it('are there for every plan that passes the checks, of well-known meters too', () =>
    fc.assert(
      fc.property(fc.constantFrom('output_tokens', meter), tiers(false), (of, someTiers) => {
        const prices = [{ meter: of, model: 'volume' as const, tiers: someTiers }];
        const isPublished =
          publicationFaults({ ...manifest, plans: [{ id: 'basic', name: 'Basic', prices }] }).length === 0;
        expect(boundsOf(termsOf({ prices }, new Map()), emptyPeriod) !== undefined).toBe(isPublished);
      }),
    ));
});

describe('units that are set aside', () => {
  it('leave a use in their place at no cost, and a period at what was used of it', () =>
    fc.assert(
      fc.property(planPrice, fc.array(units, { maxLength: 6 }), units, units, (of, counts, used, other) => {
        const terms = planOf(of, 'sum', undefined);
        const before = after(terms, counts);
        const { room } = boundsOf(terms, before)![0]!;
        const free = room < 30_000_000n ? room : 30_000_000n;
        if (free === 0n) return;
        const named = { time: 0, key: 'slice' };
        const value = { meter, aggregation: 'sum' as const, value: free, ...named };
        let period = evolvePeriod(before, { counted: [value], takenBack: [], lines: 0n });
        let total = 0n;
        const take = (taken: bigint, use: string | undefined) => {
          const is = use === undefined ? undefined : { units: { [meter]: use }, time: 99, key: use };
          const rated = rateAside(terms, period, { units: new Map([[meter, taken]]), ...named }, is);
          if (typeof rated === 'string') throw new Error(rated);
          total += rated.tokens;
          period = evolvePeriod(period, rated.change);
          return rated.tokens;
        };
        const outside = rateInPeriod(terms, period, { units: { [meter]: other }, time: 50, key: 'other' });
        if (typeof outside === 'string') return;
        total += outside.tokens;
        period = evolvePeriod(period, outside.change);
        const taken = scaled(used) < free ? scaled(used) : free;
        const cost = take(taken, used);
        if (scaled(used) <= free) expect(cost).toBe(0n);
        const left = take(free - taken, undefined);
        expect(left <= 0n).toBe(true);
        const plain = after(terms, [...counts, other, used]);
        expect(period.lines).toBe(plain.lines);
        expect(total).toBe(plain.lines - before.lines);
      }),
    ));
});
