import { describe, expect, it } from '@jest/globals';
import type { CountedPlan, KnownTerms } from '../decisions/rules/terms.ts';
import { developer, provider, subscriber } from '../decisions/examples.fixture.ts';
import { type Facts, type PlanFacts, plansOf, subscriptionKey } from './facts.ts';
import { type Named, termsAt } from './terms-at.ts';

const at = (day: number) => Date.UTC(2026, 0, day);
const perUnit = (unitPrice: string): PlanFacts => ({
  id: 'basic',
  prices: [{ meter: 'requests', model: 'per-unit', unitPrice }],
});
const priceList = (number: number, from: number, unitPrice: string, operatorBps = 1000) => ({
  ...{ version: number, effectiveFrom: from, operatorBps, prices: [{ meter: 'input_tokens', unitPrice }] },
});
const version = (number: number, from: number, plan: PlanFacts) => ({
  ...{
    version: number,
    effectiveFrom: from,
    subscriptionsFrom: from,
    operatorBps: 2000,
    plans: [plan],
    models: [],
    reporters: {},
  },
});

/**
 * A model priced on day 2 and again on day 4; an app published on day 2 and 4; a subscription from
 * day 3 to day 6.
 */
const facts = (over: Partial<Facts> = {}): Facts => ({
  pricesKnownUntil: Infinity,
  parties: new Set([subscriber]),
  keys: new Map(),
  models: new Map([
    [
      'qwen',
      [
        {
          ...{ offer: 'mod_1', providerId: provider, pauses: [] },
          prices: [priceList(1, at(2), '2'), priceList(2, at(4), '3')],
        },
      ],
    ],
  ]),
  apps: new Map([
    [
      'translate',
      {
        ...{ developerId: developer, pauses: [] },
        versions: [version(1, at(2), perUnit('10')), version(2, at(4), perUnit('20'))],
      },
    ],
  ]),
  subscriptions: new Map([
    [
      subscriptionKey('translate', subscriber),
      [{ subscriptionId: 'sbn_1', planId: 'basic', version: 1, from: at(3), until: at(6) }],
    ],
  ]),
  ...over,
});
const use = (day: number, names: Partial<Named>): Named => ({
  partyId: subscriber,
  time: new Date(at(day)).toISOString(),
  ...names,
});
const waits = (waitsFor: string) => ({ known: false, waitsFor });
const withPlan = (plan: PlanFacts) =>
  facts({
    apps: new Map([['translate', { developerId: developer, pauses: [], versions: [version(1, at(2), plan)] }]]),
  });

describe('terms', () => {
  it.each([
    [1, 1, '2'],
    [2, 1, '2'],
    [3, 1, '2'],
    [4, 2, '3'],
    [9, 2, '3'],
  ])("are a model's prices in force at the time of the use: on day %i version %i", (day, version, unitPrice) => {
    expect(termsAt(facts(), use(day, { model: 'qwen' }))).toEqual({
      known: true,
      model: {
        ...{ of: 'model:qwen', offer: 'mod_1', version, operatorBps: 1000, sellerId: provider },
        prices: [{ meter: 'input_tokens', unitPrice }],
      },
    });
  });

  it("are the subscribed plan's prices of the version in force, and the model's", () => {
    expect(termsAt(facts(), use(4, { app: 'translate', model: 'qwen' }))).toEqual({
      known: true,
      app: {
        ...{ of: 'app:translate:basic', plan: 'basic', version: 2, operatorBps: 2000, sellerId: developer },
        prices: [{ meter: 'requests', unitPrice: '20', aggregation: 'sum' }],
      },
      model: expect.objectContaining({ of: 'model:qwen', version: 2 }),
    });
  });

  it.each<[string, number, { from: number; version: number }, number]>([
    ['before the subscription: never shown to it', 5, { from: 6, version: 1 }, 1],
    ['before the subscription, which is to it all the same', 5, { from: 6, version: 2 }, 2],
    ['after the subscription: it stays', 5, { from: 3, version: 1 }, 2],
    ['before it was in force', 3, { from: 3, version: 1 }, 1],
  ])('are of no version that was deprecated %s', (_, deprecatedOn, { from, version: own }, charged) => {
    const versions = [
      version(1, at(2), perUnit('10')),
      { ...version(2, at(4), perUnit('20')), deprecatedAt: at(deprecatedOn) },
    ];
    const subscription = { subscriptionId: 'sbn_1', planId: 'basic', version: own, from: at(from), until: null };
    const known = facts({
      apps: new Map([['translate', { developerId: developer, pauses: [], versions }]]),
      subscriptions: new Map([[subscriptionKey('translate', subscriber), [subscription]]]),
    });
    expect(termsAt(known, use(7, { app: 'translate' }))).toMatchObject({ app: { version: charged } });
  });

  it.each<[string, number | null, number, number]>([
    ['before the stated time', 6, 5, 1],
    ['from the stated time on', 6, 6, 2],
    ['for ever, if it is stated so', null, 31, 1],
  ])('stay those that the catalogue showed to the subscription: %s', (_, from, day, charged) => {
    const later = { ...version(2, at(4), perUnit('20')), subscriptionsFrom: from === null ? null : at(from) };
    const versions = [version(1, at(2), perUnit('10')), later];
    const subscribed = (shown: number) => ({
      ...{ subscriptionId: 'sbn_1', planId: 'basic', version: shown, from: at(3), until: null },
    });
    const known = (shown: number) =>
      facts({
        apps: new Map([['translate', { developerId: developer, pauses: [], versions }]]),
        subscriptions: new Map([[subscriptionKey('translate', subscriber), [subscribed(shown)]]]),
      });
    expect(termsAt(known(1), use(day, { app: 'translate' }))).toMatchObject({ app: { version: charged } });
    expect(termsAt(known(2), use(day, { app: 'translate' }))).toMatchObject({ app: { version: 2 } });
  });

  it('wait for a version that the subscription was made to and that is not here yet', () => {
    const subscription = { subscriptionId: 'sbn_1', planId: 'basic', version: 9, from: at(3), until: null };
    const subscriptions = new Map([[subscriptionKey('translate', subscriber), [subscription]]]);
    expect(termsAt(facts({ subscriptions }), use(4, { app: 'translate' }))).toEqual(waits('plan:translate:basic'));
  });

  it('wait while a price of their time may be missing', () => {
    const known = facts({ pricesKnownUntil: at(4) });
    expect(termsAt(known, use(4, { model: 'qwen' }))).toMatchObject({ known: true });
    expect(termsAt(known, use(5, { model: 'qwen' }))).toEqual(waits('prices'));
    expect(termsAt(known, use(5, { model: 'none' }))).toEqual(waits('model:none'));
  });

  it('are none of an app while it is suspended, and those of ever before and after', () => {
    const app = { ...facts().apps.get('translate')!, pauses: [{ from: at(4), until: at(5) }] };
    const known = facts({ apps: new Map([['translate', app]]) });
    const termsOn = (day: number) => termsAt(known, use(day, { app: 'translate' }));
    expect(termsOn(4)).toEqual(waits('suspended:translate'));
    expect([termsOn(3), termsOn(5)]).toMatchObject([{ known: true }, { known: true }]);
  });

  it('stay with the last version that has the plan', () => {
    const { versions } = facts().apps.get('translate')!;
    const without = [...versions, version(3, at(5), { ...perUnit('99'), id: 'premium' })];
    const apps = new Map([['translate', { developerId: developer, pauses: [], versions: without }]]);
    expect(termsAt(facts({ apps }), use(5, { app: 'translate' }))).toMatchObject({ app: { version: 2 } });
  });

  it('are the first ones for what was used before them: it was reported early and waited', () => {
    const terms = termsAt(facts(), use(1, { app: 'translate', model: 'qwen' }));
    expect(terms).toMatchObject({ known: true, app: { version: 1 }, model: { version: 1 } });
  });

  it('are those in force without what was withdrawn', () => {
    const known = facts();
    const [[model], app] = [known.models.get('qwen')!, known.apps.get('translate')!];
    const gone = facts({
      models: new Map([
        ['qwen', [{ ...model!, prices: [model!.prices[0]!, { ...model!.prices[1]!, withdrawn: true }] }]],
      ]),
      apps: new Map([
        ['translate', { ...app, versions: [app.versions[0]!, { ...app.versions[1]!, withdrawn: true }] }],
      ]),
    });
    expect(termsAt(gone, use(5, { app: 'translate', model: 'qwen' }))).toMatchObject({
      ...{ known: true, app: { version: 1 }, model: { version: 1 } },
    });
  });

  it('wait for an app whose only version was withdrawn', () => {
    const versions = [{ ...version(1, at(2), perUnit('10')), withdrawn: true }];
    const apps = new Map([['translate', { developerId: developer, pauses: [], versions }]]);
    expect(termsAt(facts({ apps }), use(3, { app: 'translate' }))).toEqual(waits('app:translate'));
  });

  it.each<[string, Facts, Named]>([
    [`party:${subscriber}`, facts({ parties: new Set() }), use(3, { app: 'none', model: 'none' })],
    ['app:none', facts(), use(3, { app: 'none', model: 'none' })],
    [
      `subscription:translate:${subscriber}`,
      facts({ subscriptions: new Map() }),
      use(2, { app: 'translate', model: 'none' }),
    ],
    [`subscription:translate:${subscriber}`, facts(), use(6, { app: 'translate' })],
    ['model:none', facts(), use(3, { app: 'translate', model: 'none' })],
  ])('wait for what is missing, one at a time: %s', (missing, known, named) => {
    expect(termsAt(known, named)).toEqual(waits(missing));
  });

  describe('of a plan that counts over a period', () => {
    const tiers = [{ upTo: null, unitPrice: '5' }];
    const period = (from: number, until: number) => ({
      ...{ subscriptionId: 'sbn_1', from: new Date(at(from)).toISOString(), until: new Date(at(until)).toISOString() },
    });

    const volume = (...unitPrices: string[]): PlanFacts => ({
      id: 'basic',
      prices: [
        {
          ...{ meter: 'requests', model: 'volume' },
          tiers: unitPrices.map((unitPrice, tier) => ({
            upTo: tier === unitPrices.length - 1 ? null : String(10 ** (tier + 1)),
            unitPrice,
          })),
        },
      ],
    });

    it.each<[string, PlanFacts]>([
      ['tiers', { id: 'basic', prices: [{ meter: 'requests', model: 'graduated', tiers }] }],
      [
        'packages',
        { id: 'basic', prices: [{ meter: 'requests', model: 'package', unitPrice: '5', includedUnits: '100' }] },
      ],
      [
        'included units',
        { id: 'basic', prices: [{ meter: 'requests', model: 'per-unit', unitPrice: '5', includedUnits: '100' }] },
      ],
      ['a maximum', { ...perUnit('10'), maximumCharge: '5' }],
      ['a minimum', { ...perUnit('10'), minimumCharge: '5' }],
      ['volume, of which no tier makes all units cheaper', volume('5', '5', '6')],
      ['volume, of which a tier makes all units cheaper', volume('5', '6', '4')],
      ...(['max', 'unique', 'latest'] as const).map((aggregation): [string, PlanFacts] => [
        `a meter of kind ${aggregation}`,
        { id: 'basic', prices: [{ meter: 'requests', model: 'per-unit', unitPrice: '5', aggregation }] },
      ]),
    ])('name the period of the subscription: %s', (_, plan) => {
      const { app } = termsAt(withPlan(plan), use(3, { app: 'translate' })) as KnownTerms;
      expect(app).toMatchObject({ of: 'app:translate:basic', version: 1, period: period(3, 6) });
      expect([...(app as CountedPlan).versions.keys()]).toEqual([1]);
    });

    const counting: PlanFacts = { id: 'basic', prices: [{ meter: 'requests', model: 'graduated', tiers }] };
    const published = (...plans: readonly (readonly [day: number, plan: PlanFacts])[]) => {
      const versions = plans.map(([day, plan], index) => version(index + 1, at(day), plan));
      return facts({
        apps: new Map([['translate', { developerId: developer, versions, pauses: [] }]]),
        subscriptions: new Map([
          [
            subscriptionKey('translate', subscriber),
            [{ subscriptionId: 'sbn_1', planId: 'basic', version: 1, from: at(3), until: null }],
          ],
        ]),
      });
    };
    const appAt = (known: Facts, day: number) => (termsAt(known, use(day, { app: 'translate' })) as KnownTerms).app;

    it('are of the version in force as the period begins, until it ends, whatever is published meanwhile', () => {
      const known = published([2, counting], [10, perUnit('9')], [20, counting]);
      for (const day of [3, 9, 10, 25, 33]) {
        expect(appAt(known, day)).toMatchObject({ version: 1, period: period(3, 34) });
      }
      expect([...(appAt(known, 3) as CountedPlan).versions.keys()]).toEqual([1, 3]);
      expect(appAt(known, 34)).toMatchObject({ version: 3, period: period(34, 62) });
    });

    it('are of a part of the period, from the first version on that counts where the one before does not', () => {
      const known = published([2, perUnit('9')], [10, counting], [20, perUnit('8')]);
      expect(appAt(known, 9)).toMatchObject({ version: 1, prices: [{ unitPrice: '9' }] });
      for (const day of [10, 19, 20, 33])
        expect(appAt(known, day)).toMatchObject({ version: 2, period: period(10, 34) });
      expect(appAt(known, 34)).toMatchObject({ version: 3, prices: [{ unitPrice: '8' }] });
    });

    it('take what was used before the subscription for its beginning', () => {
      expect(appAt(published([2, counting]), 1)).toMatchObject({ period: period(3, 34) });
    });

    it('price nothing while the trial lasts that was on offer at the beginning', () => {
      const known = published([2, { ...counting, trialDays: 2 }], [4, { ...counting, trialDays: 9 }]);
      for (const day of [1, 3, 4]) expect(appAt(known, day)).toMatchObject({ version: 1, prices: [] });
      expect(appAt(known, 5)).toMatchObject({ version: 1, period: period(3, 34) });
    });
  });

  it('price nothing in a trial, and are known again once it is over', () => {
    const known = withPlan({ ...perUnit('10'), trialDays: 1 });
    expect(termsAt(known, use(3, { app: 'translate' }))).toMatchObject({ app: { version: 1, prices: [] } });
    expect(termsAt(known, use(4, { app: 'translate' }))).toMatchObject({ app: { prices: [{ unitPrice: '10' }] } });
  });

  it('say which meters count uses instead of adding up their units', () => {
    const prices = (['sum', 'count'] as const).map((aggregation) => ({
      ...{ meter: `${aggregation}s`, model: 'per-unit' as const, unitPrice: '5', aggregation },
    }));
    expect(termsAt(withPlan({ id: 'basic', prices }), use(3, { app: 'translate' }))).toMatchObject({
      app: {
        prices: [
          { meter: 'sums', unitPrice: '5', aggregation: 'sum' },
          { meter: 'counts', unitPrice: '5', aggregation: 'count' },
        ],
      },
    });
  });

  it("count as the app's manifest declares its meters, and well-known ones as sums", () => {
    const meters = [
      { name: 'calls', unit: 'call', aggregation: 'count' as const },
      { name: 'seats', unit: 'seat', aggregation: 'max' as const },
    ];
    const price = (meter: string) => ({ meter, model: 'per-unit' as const, unitPrice: '5' });
    const plan = (id: string, meter: string, more: object = {}) => ({ id, name: id, prices: [price(meter)], ...more });
    const plans = plansOf({
      meters,
      plans: [plan('a', 'calls'), plan('b', 'requests'), plan('c', 'seats'), plan('d', 'calls', { maximumCharge: 1n })],
    });
    const termsOf = (id: string) =>
      termsAt(withPlan({ ...plans.find((known) => known.id === id)!, id: 'basic' }), use(3, { app: 'translate' }));
    expect(termsOf('a')).toMatchObject({ app: { prices: [{ meter: 'calls', aggregation: 'count' }] } });
    expect(termsOf('b')).toMatchObject({ app: { prices: [{ meter: 'requests', aggregation: 'sum' }] } });
    expect(termsOf('c')).toMatchObject({ app: { period: {} } });
    const { app } = termsOf('d') as KnownTerms;
    expect((app as CountedPlan).versions.get(1)!.terms).toMatchObject({ maximum: 1n });
  });

  it.each([
    [2, false],
    [3, true],
    [5, true],
    [6, false],
  ])("of a developer's report are those of a payer that had subscribed by then: on day %i %s", (day, known) => {
    const reported = { ...use(day, { app: 'translate' }), reportedBy: developer };
    const missing = waits(`subscription:translate:${subscriber}`);
    expect(termsAt(facts(), reported)).toMatchObject(known ? { known } : missing);
  });
});
