import { describe, expect, it } from '@jest/globals';
import { type ManifestFault, planPrice } from '@tokengrid/contracts';
import fc from 'fast-check';
import { emptyPeriod, type PlanPrice, planProblems, rateInPeriod, termsOf } from './index.ts';

const perUnit = (meter: string): PlanPrice => ({ meter, model: 'per-unit', unitPrice: '1' });
const tiered = (...ends: (string | null)[]): PlanPrice => ({
  meter: 'requests',
  model: 'graduated',
  tiers: ends.map((upTo) => ({ upTo, unitPrice: '1' })),
});

describe('what is wrong with a plan', () => {
  it.each<[string, PlanPrice, string, Omit<ManifestFault, 'pointer'>]>([
    ['a last tier that ends', tiered('10', '20'), '/tiers/1/upTo', { code: 'APP_REGISTRY.LAST_TIER_ENDS' }],
    [
      'a tier without end before the last',
      tiered(null, null),
      '/tiers/0/upTo',
      { code: 'APP_REGISTRY.TIER_WITHOUT_END' },
    ],
    [
      'tiers that overlap: equal ends, by number and not by letters',
      tiered('9', '10', '10', null),
      '/tiers/2/upTo',
      { code: 'APP_REGISTRY.TIERS_NOT_RISING' },
    ],
    [
      'tiers that overlap: an end below the one before',
      tiered('100', '20', null),
      '/tiers/1/upTo',
      { code: 'APP_REGISTRY.TIERS_NOT_RISING' },
    ],
    [
      'no tiers',
      { meter: 'requests', model: 'volume' },
      '/tiers',
      { code: 'APP_REGISTRY.TIERS_MISSING', priceModel: 'volume' },
    ],
    ['an empty list of tiers', tiered(), '/tiers', { code: 'APP_REGISTRY.TIERS_MISSING', priceModel: 'graduated' }],
    [
      'a unit price beside tiers',
      { ...tiered(null), unitPrice: '1' },
      '/unitPrice',
      { code: 'APP_REGISTRY.UNIT_PRICE_MISPLACED', priceModel: 'graduated' },
    ],
    [
      'tiers beside a unit price',
      { ...perUnit('requests'), tiers: [{ upTo: null, unitPrice: '1' }] },
      '/tiers',
      { code: 'APP_REGISTRY.TIERS_MISPLACED', priceModel: 'per-unit' },
    ],
    [
      'no unit price',
      { meter: 'requests', model: 'per-unit' },
      '/unitPrice',
      { code: 'APP_REGISTRY.UNIT_PRICE_MISSING', priceModel: 'per-unit' },
    ],
    [
      'a package without its size',
      { meter: 'requests', model: 'package', unitPrice: '5' },
      '/includedUnits',
      { code: 'APP_REGISTRY.PACKAGE_SIZE_MISSING' },
    ],
    [
      'a package of nothing',
      { meter: 'requests', model: 'package', unitPrice: '5', includedUnits: '0' },
      '/includedUnits',
      { code: 'APP_REGISTRY.PACKAGE_SIZE_MISSING' },
    ],
  ])('is %s', (_, price, field, fault) => {
    expect(planProblems({ prices: [perUnit('images'), price] }, '/plans/3')).toEqual([
      { pointer: `/plans/3/prices/1${field}`, ...fault },
    ]);
  });

  it('is two prices for one meter', () => {
    expect(planProblems({ prices: [perUnit('requests'), perUnit('images'), perUnit('requests')] }, '')).toEqual([
      { pointer: '/prices/2/meter', code: 'APP_REGISTRY.METER_PRICED_TWICE' },
    ]);
  });

  it('is a minimum above the maximum', () => {
    const bounds = (minimumCharge: bigint, maximumCharge: bigint) =>
      planProblems({ prices: [], minimumCharge, maximumCharge }, '/plans/0');
    expect(bounds(2n, 1n)).toEqual([{ pointer: '/plans/0/minimumCharge', code: 'APP_REGISTRY.MINIMUM_ABOVE_MAXIMUM' }]);
    expect(bounds(2n, 2n)).toEqual([]);
  });

  it('is all of it at once', () => {
    const prices = [tiered('5', '5', '4'), { ...perUnit('requests'), includedUnits: '0' }];
    expect(planProblems({ prices, minimumCharge: 1n, maximumCharge: 0n }, '').map(({ pointer }) => pointer)).toEqual([
      '/prices/0/tiers/1/upTo',
      '/prices/0/tiers/2/upTo',
      '/prices/1/meter',
      '/minimumCharge',
    ]);
  });

  it('is nothing, or it can be charged by', () => {
    const whole = fc.constantFrom('0', '1', '5', '10', '999999999999999999');
    const price = fc.record(
      {
        meter: fc.constantFrom('requests', 'images'),
        model: fc.constantFrom('per-unit', 'package', 'graduated', 'volume'),
        unitPrice: fc.constantFrom('0', '1', '0.000001'),
        includedUnits: whole,
        tiers: fc.array(fc.record({ upTo: fc.option(whole), unitPrice: fc.constant('1') }), { maxLength: 3 }),
      },
      { requiredKeys: ['meter', 'model'] },
    ) as fc.Arbitrary<PlanPrice>;
    const sound = fc
      .array(price, { minLength: 1, maxLength: 2 })
      .filter((prices) => prices.every((one) => planPrice.safeParse(one).success))
      .filter((prices) => planProblems({ prices }, '').length === 0);
    fc.assert(
      fc.property(sound, (prices) => {
        const use = { units: { requests: '7', images: '0.5' }, time: 0, key: 'a' };
        expect(rateInPeriod(termsOf({ prices }, new Map()), emptyPeriod, use)).toMatchObject({
          tokens: expect.any(BigInt),
        });
      }),
    );
  });
});
