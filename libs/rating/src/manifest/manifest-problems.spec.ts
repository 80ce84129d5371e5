import { describe, expect, it } from '@jest/globals';
import type { Manifest, ManifestFault } from '@tokengrid/contracts';
import { manifestProblems } from './manifest-problems.ts';

const manifest: Manifest = {
  endpoint: 'https://chat.example',
  description: 'Answers questions.',
  meters: [{ name: 'questions', unit: 'question', aggregation: 'sum' }],
  plans: [
    { id: 'basic', name: 'Basic', prices: [{ meter: 'questions', model: 'per-unit', unitPrice: '1500' }] },
    { id: 'pro', name: 'Pro', prices: [{ meter: 'output_tokens', model: 'per-unit', unitPrice: '0.5' }] },
  ],
  scopes: [],
  dataUse: [],
  revenueShare: { operatorBps: 1000 },
};

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

  it.each<[string, Manifest, string, Omit<ManifestFault, 'pointer'>]>([
    [
      'a meter that is declared twice',
      { ...manifest, meters: [...manifest.meters, ...manifest.meters] },
      '/meters/1/name',
      { code: 'APP_REGISTRY.METER_REPEATED' },
    ],
    [
      'a plan that is there twice',
      { ...manifest, plans: [...manifest.plans, { ...manifest.plans[0]!, name: 'Again' }] },
      '/plans/2/id',
      { code: 'APP_REGISTRY.PLAN_REPEATED' },
    ],
    ...['Pro', 'PRO', ' pro ', 'ｐｒｏ'].map((name): [string, Manifest, string, Omit<ManifestFault, 'pointer'>] => [
      `a second plan named “${name}”`,
      { ...manifest, plans: [...manifest.plans, { ...manifest.plans[0]!, id: 'third', name }] },
      '/plans/2/name',
      { code: 'APP_REGISTRY.PLAN_NAME_REPEATED' },
    ]),
    ...['https://user@chat.example', 'https://:secret@chat.example'].map(
      (endpoint): [string, Manifest, string, Omit<ManifestFault, 'pointer'>] => [
        `the endpoint ${endpoint}`,
        { ...manifest, endpoint },
        '/endpoint',
        { code: 'APP_REGISTRY.ENDPOINT_WITH_CREDENTIALS' },
      ],
    ),
    [
      'a price for a meter that nobody knows',
      withPrices(perUnit('questions'), perUnit('answers')),
      '/plans/0/prices/1/meter',
      { code: 'APP_REGISTRY.METER_UNKNOWN' },
    ],
    [
      'two prices for one meter',
      withPrices(perUnit('requests'), perUnit('requests')),
      '/plans/0/prices/1/meter',
      { code: 'APP_REGISTRY.METER_PRICED_TWICE' },
    ],
    [
      'a last tier that ends',
      withPrices(tiered('10', '20')),
      '/plans/0/prices/0/tiers/1/upTo',
      { code: 'APP_REGISTRY.LAST_TIER_ENDS' },
    ],
    [
      'a tier without end before the last',
      withPrices(tiered(null, null)),
      '/plans/0/prices/0/tiers/0/upTo',
      { code: 'APP_REGISTRY.TIER_WITHOUT_END' },
    ],
    [
      'tiers that do not rise, by number and not by letters',
      withPrices(tiered('9', '10', '10', null)),
      '/plans/0/prices/0/tiers/2/upTo',
      { code: 'APP_REGISTRY.TIERS_NOT_RISING' },
    ],
    [
      'a unit price beside tiers',
      withPrices({ ...tiered(null), unitPrice: '1' }),
      '/plans/0/prices/0/unitPrice',
      { code: 'APP_REGISTRY.UNIT_PRICE_MISPLACED', priceModel: 'graduated' },
    ],
    [
      'tiers beside a unit price',
      withPrices({ ...perUnit('requests'), tiers: [{ upTo: null, unitPrice: '1' }] }),
      '/plans/0/prices/0/tiers',
      { code: 'APP_REGISTRY.TIERS_MISPLACED', priceModel: 'per-unit' },
    ],
    [
      'a model that is listed twice',
      { ...manifest, models: ['small', 'large', 'small'] },
      '/models/2',
      { code: 'APP_REGISTRY.MODEL_REPEATED' },
    ],
    [
      'a package without its size',
      withPrices({ meter: 'requests', model: 'package', unitPrice: '5' }),
      '/plans/0/prices/0/includedUnits',
      { code: 'APP_REGISTRY.PACKAGE_SIZE_MISSING' },
    ],
  ])('is %s', (_what, wrong, pointer, fault) => {
    expect(manifestProblems(wrong)).toEqual([{ pointer, ...fault }]);
  });
});
