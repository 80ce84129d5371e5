import { describe, expect, it } from '@jest/globals';
import type { Manifest } from '@tokengrid/contracts';
import { manifestProblems } from './manifest-problems.ts';
import { manifest } from '../examples.fixture.ts';

type Price = Manifest['plans'][number]['prices'][number];
const withPrices = (...prices: Price[]): Manifest => ({
  ...manifest,
  plans: [{ id: 'basic', name: 'Basic', prices }],
});
const perUnit = (meter: string): Price => ({ meter, model: 'per-unit', unitPrice: '1' });
const tiered = (...ends: (string | null)[]): Price => ({
  meter: 'requests',
  model: 'graduated',
  tiers: ends.map((upTo) => ({ upTo, unitPrice: '1' })),
});

describe('what is wrong with a manifest', () => {
  it('is nothing, where all fits together', () => {
    expect(manifestProblems(manifest)).toEqual([]);
    expect(manifestProblems(withPrices(tiered('10', '100', null)))).toEqual([]);
    expect(
      manifestProblems(withPrices({ meter: 'requests', model: 'package', unitPrice: '5', includedUnits: '100' })),
    ).toEqual([]);
  });

  it('lets a manifest declare a well-known meter', () =>
    expect(
      manifestProblems({
        ...manifest,
        meters: [...manifest.meters, { name: 'images', unit: 'image', aggregation: 'sum' }],
      }),
    ).toEqual([]));

  it.each<[string, Manifest, string, string]>([
    [
      'a meter that is declared twice',
      { ...manifest, meters: [...manifest.meters, ...manifest.meters] },
      '/meters/1/name',
      'is the name of an earlier meter',
    ],
    [
      'a plan that is there twice',
      { ...manifest, plans: [...manifest.plans, manifest.plans[0]!] },
      '/plans/2/id',
      'is the id of an earlier plan',
    ],
    [
      'a price for a meter that nobody knows',
      withPrices(perUnit('questions'), perUnit('answers')),
      '/plans/0/prices/1/meter',
      "is neither one of the manifest's meters nor a well-known one",
    ],
    [
      'two prices for one meter',
      withPrices(perUnit('requests'), perUnit('requests')),
      '/plans/0/prices/1/meter',
      'has a price in this plan already',
    ],
    [
      'a last tier that ends',
      withPrices(tiered('10', '20')),
      '/plans/0/prices/0/tiers/1/upTo',
      'must be null: the last tier has no end',
    ],
    [
      'a tier without end before the last',
      withPrices(tiered(null, null)),
      '/plans/0/prices/0/tiers/0/upTo',
      'must be a number: only the last tier has no end',
    ],
    [
      'tiers that do not rise, by number and not by letters',
      withPrices(tiered('9', '10', '10', null)),
      '/plans/0/prices/0/tiers/2/upTo',
      'must be more than that of the tier before',
    ],
    [
      'a unit price beside tiers',
      withPrices({ ...tiered(null), unitPrice: '1' }),
      '/plans/0/prices/0/unitPrice',
      'has no place in a graduated price: its tiers have prices',
    ],
    [
      'tiers beside a unit price',
      withPrices({ ...perUnit('requests'), tiers: [{ upTo: null, unitPrice: '1' }] }),
      '/plans/0/prices/0/tiers',
      'have no place in a per-unit price',
    ],
    [
      'a package without its size',
      withPrices({ meter: 'requests', model: 'package', unitPrice: '5' }),
      '/plans/0/prices/0/includedUnits',
      'must say how many units a package has',
    ],
  ])('is %s', (_what, wrong, pointer, detail) => {
    expect(manifestProblems(wrong)).toEqual([{ pointer, detail }]);
  });
});
