import { describe, expect, it } from '@jest/globals';
import { CorrectedUse } from './corrections.ts';
import { CountedUses } from './counted-uses.ts';
import { totalOf } from './period-costs.ts';
import type { PlanPrice } from './plan-prices.ts';
import { asCounted, rateBy, type Use, type UseTerms } from './rating.ts';

const sellers = { operatorBps: 1000, providerId: 'provider', developerId: 'developer' };
const model = {
  offer: 'mod',
  of: 'model:swift',
  list: { version: 1, from: 0, operatorBps: 0, prices: { words: '2' } },
};
const period = { subscriptionId: 'sbn', from: 0, until: 1000 };

function terms(price: Omit<PlanPrice, 'meter'>, counts = true): UseTerms {
  const app = { of: 'app:maps:standard', plan: 'standard', version: 1, isTrial: false };
  const plan = { prices: [{ meter: 'calls', ...price }] };
  return { sellers, model, app: { ...app, terms: { plan, aggregations: {} }, period: counts ? period : undefined } };
}

const use = (usageId: string, units: Use['units']): Use => ({
  ...{ payerId: 'payer', reporterId: 'operator', source: '/', id: usageId, usageId, time: 5, units },
});

function taken(of: UseTerms, counted: CountedUses, each: Use): CorrectedUse {
  const corrected = new CorrectedUse(each, of, rateBy(of, each, counted));
  if (of.app?.period) counted.add('sbn', 0, asCounted(each));
  return corrected;
}

describe('the reference model of corrections', () => {
  it('makes a use that never was of one that is void', () => {
    const counted = new CountedUses();
    const one = taken(
      terms({ model: 'per-unit', unitPrice: '10' }, false),
      counted,
      use('1', { calls: '7', words: '9' }),
    );
    expect(one.now).toMatchObject({ tokens: 70n, subsidy: 0n });
    expect(one.correct(undefined, counted)).toEqual({
      tokens: -70n,
      earners: [
        { role: 'operator', partyId: 'operator', tokens: -7n },
        { role: 'provider', partyId: 'provider', tokens: -18n },
        { role: 'developer', partyId: 'developer', tokens: -45n },
      ],
      subsidy: 0n,
    });
    expect([one.isVoid, one.number, one.now.tokens]).toEqual([true, 1, 0n]);
  });

  it('makes of a corrected use what it would have been, its subsidy too', () => {
    const of = terms({ model: 'per-unit', unitPrice: '10' }, false);
    const counted = new CountedUses();
    const one = taken(of, counted, use('1', { calls: '7', words: '9' }));
    expect(one.correct({ calls: '1', words: '9' }, counted)).toMatchObject({ tokens: -60n, subsidy: 9n });
    const right = taken(of, counted, use('2', { calls: '1', words: '9' }));
    expect(one.now).toEqual(right.now);
    expect(one.correct({ calls: '1', words: '9' }, counted)).toEqual({ tokens: 0n, earners: [], subsidy: 0n });
  });

  it('leaves a period with the total of what is left, whichever use is corrected, and after whom', () => {
    const tiers = [
      { upTo: '10', unitPrice: '3' },
      { upTo: null, unitPrice: '2' },
    ];
    const of = terms({ model: 'volume', tiers });
    const counted = new CountedUses();
    const all = [use('1', { calls: '8' }), use('2', { calls: '5' })].map((each) => taken(of, counted, each));
    expect(all.map(({ now }) => now.tokens)).toEqual([24n, 2n]);
    // Without the first, 5 units cost 15: of 26 that were said, 11 go back.
    expect(all[0]!.correct(undefined, counted)).toMatchObject({ tokens: -11n });
    expect(all[1]!.correct({ calls: '20' }, counted)).toMatchObject({ tokens: 25n });
    const { uses } = counted.in('sbn', 0);
    expect(totalOf(of.app!.terms, uses)).toBe(all.reduce((sum, { now }) => sum + now.tokens, 0n));
  });

  it('has shares that come to each difference', () => {
    const of = terms({ model: 'package', unitPrice: '33', includedUnits: '2' });
    const counted = new CountedUses();
    const one = taken(of, counted, use('1', { calls: '5', words: '40' }));
    for (const calls of ['1', '9', '0', '4']) {
      const { tokens, earners } = one.correct({ calls, words: calls }, counted);
      expect(earners.reduce((sum, each) => sum + each.tokens, 0n)).toBe(tokens);
    }
  });
});
