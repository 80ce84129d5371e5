import { describe, expect, it } from '@jest/globals';
import { changeOf, type CountedUse, isCounted, leastOf, type Terms, totalOf } from './period-costs.ts';
import type { PlanPrice, PlanTerms } from './plan-prices.ts';
import type { Aggregation } from './quantities.ts';

const terms = (
  price: Omit<PlanPrice, 'meter'>,
  aggregation: Aggregation = 'sum',
  bounds: Partial<PlanTerms> = {},
): Terms => ({
  plan: { prices: [{ meter: 'calls', ...price }], ...bounds },
  aggregations: { calls: aggregation },
});
const use = (units: string, time = 0, usageId = `${units} ${time}`): CountedUse => ({
  usageId,
  time,
  units: { calls: units },
});

/** What each of some uses costs, one after another, and what all of them cost. */
function costs(of: Terms, ...units: readonly (string | CountedUse)[]): readonly bigint[] {
  const uses = units.map((each, index) => (typeof each === 'string' ? use(each, index) : each));
  const each = uses.map((_, index) => changeOf(of, uses.slice(0, index), uses.slice(0, index + 1)).tokens);
  return [...each, totalOf(of, uses)];
}

const tiers = [
  { upTo: '10', unitPrice: '3' },
  { upTo: null, unitPrice: '2' },
];

describe('the reference model of what a period costs', () => {
  it('has units that cost nothing, and costs the rest', () => {
    expect(costs(terms({ model: 'per-unit', unitPrice: '2', includedUnits: '5' }), '4', '4', '1')).toEqual([
      0n,
      6n,
      2n,
      8n,
    ]);
  });

  it('sells packages, of which the first unit costs the whole', () => {
    const packages = terms({ model: 'package', unitPrice: '9', includedUnits: '10' });
    expect(costs(packages, '0', '1', '9', '0.000001', '20')).toEqual([0n, 9n, 0n, 9n, 18n, 36n]);
  });

  it('has each tier cost its own units, a tier with its end', () => {
    expect(costs(terms({ model: 'graduated', tiers }), '10', '1', '4')).toEqual([30n, 2n, 8n, 40n]);
    expect(costs(terms({ model: 'graduated', tiers }), '15')).toEqual([40n, 40n]);
  });

  it('has the volume decide what all units cost: a use may make them cheaper', () => {
    expect(costs(terms({ model: 'volume', tiers }), '10', '1', '4')).toEqual([30n, -8n, 8n, 30n]);
  });

  it('prices by tiers what is not free', () => {
    expect(costs(terms({ model: 'graduated', tiers, includedUnits: '5' }), '15', '1')).toEqual([30n, 2n, 32n]);
    expect(costs(terms({ model: 'volume', tiers, includedUnits: '5' }), '15', '1')).toEqual([30n, -8n, 22n]);
  });

  it('counts uses, the largest, different ones and the latest', () => {
    const each = (aggregation: Aggregation) => terms({ model: 'per-unit', unitPrice: '1' }, aggregation);
    expect(costs(each('count'), '7', '0')).toEqual([1n, 1n, 2n]);
    expect(costs(each('max'), '7', '3', '8')).toEqual([7n, 0n, 1n, 8n]);
    expect(costs(each('unique'), '7', '7.0', '8')).toEqual([1n, 0n, 1n, 2n]);
    expect(costs(each('latest'), use('7', 5), use('3', 9), use('8', 6))).toEqual([7n, -4n, 0n, 3n]);
    expect(costs(each('latest'), use('7', 5, 'b'), use('3', 5, 'a'))).toEqual([7n, 0n, 7n]);
  });

  it('rounds each use once by what it costs alone, and each price of the period once', () => {
    expect(costs(terms({ model: 'per-unit', unitPrice: '0.5' }), '1', '1', '1')).toEqual([1n, 1n, 1n, 3n]);
    const free = terms({ model: 'per-unit', unitPrice: '0.5', includedUnits: '1' });
    expect(costs(free, '1', '1', '1', '1')).toEqual([0n, 1n, 0n, 1n, 2n]);
  });

  it('costs no more than the most, and tells what that takes back', () => {
    const most = terms({ model: 'per-unit', unitPrice: '1' }, 'sum', { maximumCharge: 10n });
    expect(costs(most, '8', '8', '8')).toEqual([8n, 2n, 0n, 10n]);
    expect(changeOf(most, [use('8')], [use('8'), use('7')])).toMatchObject({ tokens: 10n - 8n, bounds: 0n - 13n + 8n });
  });

  it('costs the least once its end is charged, in proportion to the time that was subscribed and not free', () => {
    const least = terms({ model: 'per-unit', unitPrice: '1' }, 'sum', { minimumCharge: 101n });
    expect([leastOf(least, 1, 2), leastOf(least, 2, 2), leastOf(least, 0, 2)]).toEqual([51n, 101n, 0n]);
    expect(changeOf(least, [], [use('8')], 10n).tokens).toBe(0n);
    expect(changeOf(least, [use('8')], [use('8'), use('5')], 10n).tokens).toBe(3n);
  });

  it('makes the same total in whatever order, and after corrections that of what is left', () => {
    const volume = terms({ model: 'volume', tiers });
    const [a, b, c] = [use('4'), use('5'), use('6')];
    expect(
      new Set(
        [
          [a, b, c],
          [c, b, a],
          [b, a, c],
        ].map((uses) => totalOf(volume, uses)),
      ),
    ).toEqual(new Set([30n]));
    expect(changeOf(volume, [a, b, c], [b, a]).tokens).toBe(-3n);
  });

  it('counts only where one use does not tell what it costs', () => {
    const price = { model: 'per-unit' as const, unitPrice: '1' };
    expect((['sum', 'count', 'max', 'unique', 'latest'] as const).map((each) => isCounted(terms(price, each)))).toEqual(
      [false, false, true, true, true],
    );
    expect(isCounted(terms({ ...price, includedUnits: '1' }))).toBe(true);
    expect(isCounted(terms(price, 'sum', { maximumCharge: 5n }))).toBe(true);
    expect(isCounted(terms(price, 'sum', { trialDays: 5 }))).toBe(false);
  });
});
