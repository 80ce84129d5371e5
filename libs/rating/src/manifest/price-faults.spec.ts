import { describe, expect, it } from '@jest/globals';
import { type Manifest, scaled } from '@tokengrid/contracts';
import fc from 'fast-check';
import type { PlanPrice } from '../price.ts';
import { type OffersByModel, priceFaults } from './price-faults.ts';

const output = (unitPrice: string) => [{ meter: 'output_tokens', unitPrice }];
const offers: OffersByModel = new Map([
  ['small', [output('4'), output('2')]],
  ['large', [output('9')]],
]);

function manifestOf(more: Partial<Manifest>, ...prices: PlanPrice[]): Manifest {
  return {
    endpoint: 'https://chat.example',
    description: 'Answers questions.',
    meters: [],
    plans: [{ id: 'basic', name: 'Basic', prices: prices as Manifest['plans'][number]['prices'] }],
    scopes: [],
    dataUse: [],
    models: ['small'],
    revenueShare: { operatorBps: 2000 },
    ...more,
  };
}
const perUnit = (unitPrice: string): PlanPrice => ({ meter: 'output_tokens', model: 'per-unit', unitPrice });
const belowCost = (pointer: string, leastUnitPrice: string, model = 'small') => ({
  code: 'APP_REGISTRY.PRICE_BELOW_COST',
  pointer,
  model,
  leastUnitPrice,
});
const firstPrice = '/plans/0/prices/0/unitPrice';

describe('a price of a model that an app uses', () => {
  it("covers the model's cheapest offer after the operator's share, to the last digit", () => {
    expect(priceFaults(manifestOf({}, perUnit('2.5')), offers)).toEqual([]);
    expect(priceFaults(manifestOf({}, perUnit('2.499999')), offers)).toEqual([belowCost(firstPrice, '2.5')]);
  });

  it('covers each model that the app may use', () =>
    expect(priceFaults(manifestOf({ models: ['large', 'small'] }, perUnit('2.5')), offers)).toEqual([
      belowCost(firstPrice, '11.25', 'large'),
    ]));

  it('covers it in each tier, and in a package by its units', () => {
    const tiers = [
      { upTo: '10', unitPrice: '3' },
      { upTo: null, unitPrice: '2' },
    ];
    const pack: PlanPrice = { meter: 'output_tokens', model: 'package', unitPrice: '249', includedUnits: '100' };
    expect(priceFaults(manifestOf({}, { meter: 'output_tokens', model: 'graduated', tiers }, pack), offers)).toEqual([
      belowCost('/plans/0/prices/0/tiers/1/unitPrice', '2.5'),
      belowCost('/plans/0/prices/1/unitPrice', '250'),
    ]);
  });

  it('may be below it in a subsidised app', () =>
    expect(priceFaults(manifestOf({ subsidised: true }, perUnit('0')), offers)).toEqual([]));

  it('is for the sum of the units, as the provider is paid', () => {
    const meters = [{ name: 'output_tokens', unit: 'token', aggregation: 'max' as const }];
    expect(priceFaults(manifestOf({ meters }, perUnit('9')), offers)).toEqual([
      { code: 'APP_REGISTRY.METER_NOT_SUMMED', pointer: '/meters/0/aggregation', model: 'small' },
    ]);
    expect(priceFaults(manifestOf({ meters, subsidised: true }, perUnit('9')), offers)).toEqual([]);
  });

  it('has nothing to cover for meters or models that the app does not use', () => {
    expect(priceFaults(manifestOf({}, { ...perUnit('0'), meter: 'questions' }), offers)).toEqual([]);
    expect(priceFaults(manifestOf({ models: [] }, perUnit('0')), offers)).toEqual([]);
  });

  it("can't cover it where the operator's share leaves nothing, which is said once", () =>
    expect(
      priceFaults(manifestOf({ revenueShare: { operatorBps: 10_000 } }, perUnit('1'), perUnit('2')), offers),
    ).toEqual([{ code: 'APP_REGISTRY.SHARE_ABOVE_COST', pointer: '/revenueShare/operatorBps', model: 'small' }]));

  it('is enough at the least price that the fault names, and not one step below', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 9_999 }),
        fc
          .integer({ min: 1, max: 10 ** 9 })
          .map((price) => `${Math.floor(price / 1e6)}.${`${price % 1e6}`.padStart(6, '0')}`),
        (operatorBps, cost) => {
          const revenueShare = { operatorBps };
          const market: OffersByModel = new Map([['small', [output(cost)]]]);
          const [fault] = priceFaults(manifestOf({ revenueShare }, perUnit('0')), market);
          const least = fault!.leastUnitPrice!;
          expect(priceFaults(manifestOf({ revenueShare }, perUnit(least)), market)).toEqual([]);
          // What is left of a price one step below does not pay for a unit.
          expect((scaled(least) - 1n) * BigInt(10_000 - operatorBps) < scaled(cost) * 10_000n).toBe(true);
        },
      ),
    ));
});

it('finds models of a manifest that nobody offers', () =>
  expect(priceFaults(manifestOf({ models: ['small', 'tiny'], subsidised: true }), offers)).toEqual([
    { code: 'APP_REGISTRY.MODEL_UNKNOWN', pointer: '/models/1' },
  ]));
