import { describe, expect, it } from '@jest/globals';
import { noPeriods } from '../state/periods.ts';
import { rate as rateUse, type Rating } from './rating.ts';
import type { KnownTerms, PriceList } from './terms.ts';
import { app, appUse, developer, directUse, model, provider, use } from '../examples.fixture.ts';

const rate = (units: Record<string, string>, terms: KnownTerms) => rateUse({ ...use, units }, terms, noPeriods);
const rated = (units: Record<string, string>, terms: KnownTerms) => rate(units, terms) as Rating;
const tokens = (units: Record<string, string>, terms: KnownTerms) => rated(units, terms).tokens;
const oneMeter = (unitPrice: string): KnownTerms => ({
  known: true,
  model: { ...model, prices: [{ meter: 'input_tokens', unitPrice }] },
});

describe('rating', () => {
  it("prices a model's direct use by the model's prices", () => {
    expect(rate({ input_tokens: '374', output_tokens: '44' }, directUse)).toEqual({
      tokens: 374n * 2n + 44n * 6n + 22n,
      priceVersion: 'model:qwen@3',
      lines: [
        { of: 'model:qwen', meter: 'input_tokens', units: '374', unitPrice: '2', tokens: 748n },
        { of: 'model:qwen', meter: 'output_tokens', units: '44', unitPrice: '6.5', tokens: 286n },
      ],
      operatorBps: 1000,
      shares: [
        { role: 'operator', partyId: 'operator', tokens: 103n },
        { role: 'provider', partyId: provider, tokens: 931n },
      ],
    });
  });

  it.each(Object.getOwnPropertyNames(Object.prototype))(
    'takes a price for %s, a name that every object knows, for a meter like any other',
    (meter) => {
      const terms: KnownTerms = {
        known: true,
        model: {
          ...model,
          prices: [
            { meter, unitPrice: '3' },
            { meter: 'input_tokens', unitPrice: '2' },
          ],
        },
      };
      expect(rated({ input_tokens: '5' }, terms)).toMatchObject({ tokens: 10n, lines: [{ meter: 'input_tokens' }] });
      // A member of its own, which `{ __proto__: … }` in code would not be.
      const units = JSON.parse(`{"input_tokens":"5",${JSON.stringify(meter)}:"7"}`) as Record<string, string>;
      expect(rated(units, terms).tokens).toBe(31n);
    },
  );

  it("prices an app's use by the plan's prices, and pays the provider the model's", () => {
    const rating = rated({ input_tokens: '374', output_tokens: '44', requests: '1' }, appUse);
    expect(rating.tokens).toBe(374n * 5n + 1000n);
    expect(rating.priceVersion).toBe('app:translate:basic@2,model:qwen@3');
    expect(rating).toMatchObject({ operatorBps: 2000, plan: 'basic' });
    expect(rating.lines.map(({ of, tokens }) => [of, tokens])).toEqual([
      ['app:translate:basic', 1870n],
      ['app:translate:basic', 1000n],
    ]);
    expect(rating.costs!.map(({ of, tokens }) => [of, tokens])).toEqual([
      ['model:qwen', 748n],
      ['model:qwen', 286n],
    ]);
    expect(rating.subsidy).toBeUndefined();
    expect(rating.shares).toEqual([
      { role: 'operator', partyId: 'operator', tokens: 574n },
      { role: 'provider', partyId: provider, tokens: 1034n },
      { role: 'developer', partyId: developer, tokens: 2870n - 574n - 1034n },
    ]);
  });

  it.each([
    ['nothing', { output_tokens: '100', requests: '0' }, 0n, 650n],
    ['less than its model costs', { input_tokens: '100', output_tokens: '100' }, 400n, 450n],
    ['a little less, of which the operator takes its share', { input_tokens: '900', output_tokens: '277' }, 3600n, 1n],
  ])('names what the developer adds where an app sells for %s', (_, units, provided, missing) => {
    const rating = rated(units, appUse);
    expect(rating.shares.slice(1).map(({ tokens }) => tokens)).toEqual([provided, 0n]);
    expect(rating.subsidy).toEqual({ partyId: developer, tokens: missing });
  });

  it('rates an app without a model: no provider earns of it', () => {
    const rating = rated({ requests: '3' }, { known: true, app });
    expect(rating.shares.map(({ role, tokens }) => [role, tokens])).toEqual([
      ['operator', 600n],
      ['developer', 2400n],
    ]);
  });

  it.each([
    ['0.000001', '499999', 0n],
    ['0.000001', '500000', 1n],
    ['0.5', '1', 1n],
    ['0.499999', '1', 0n],
    ['0.000001', '0.000001', 0n],
    ['1.000001', '0.5', 1n],
  ])('rounds half up: %s µAIT × %s units are %s µAIT', (unitPrice, units, expected) => {
    expect(tokens({ input_tokens: units }, oneMeter(unitPrice))).toBe(expected);
  });

  it('rounds once, on the total: two lines of 0.4 are 1, not 0', () => {
    const prices = ['input_tokens', 'output_tokens'].map((meter) => ({ meter, unitPrice: '0.4' }));
    expect(tokens({ input_tokens: '1', output_tokens: '1' }, { known: true, model: { ...model, prices } })).toBe(1n);
  });

  it('charges a meter that counts once a use, whatever units it gives', () => {
    const counting: PriceList = { ...app, prices: [{ meter: 'requests', unitPrice: '1000', aggregation: 'count' }] };
    const terms: KnownTerms = { known: true, app: counting };
    expect(rated({ requests: '7.5' }, terms)).toMatchObject({
      tokens: 1000n,
      lines: [{ of: 'app:translate:basic', meter: 'requests', units: '1', unitPrice: '1000' }],
    });
    expect(tokens({ requests: '0' }, terms)).toBe(1000n);
    expect(tokens({ input_tokens: '7' }, terms)).toBe(0n);
  });

  it('lets a meter that is not priced cost nothing beside one that is', () => {
    expect(tokens({ input_tokens: '10', requests: '1' }, directUse)).toBe(20n);
  });

  it('waits for a price when a model prices none of the meters', () => {
    expect(rate({ images: '1' }, directUse)).toEqual({ waitsFor: 'price:model:qwen' });
  });

  it('waits for a correction when an amount is beyond what any field takes', () => {
    const most = '9'.repeat(18);
    expect(rate({ input_tokens: most }, oneMeter(most))).toEqual({ waitsFor: 'correction:amount-over-limit' });
  });
});
