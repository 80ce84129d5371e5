import { describe, expect, it } from '@jest/globals';
import { instantOf } from '@tokengrid/contracts';
import { developer, provider, subscriber as partyId } from '../decisions/examples.fixture.ts';
import { type Facts, type PlanFacts, subscriptionKey, type SubscriptionFacts } from './facts.ts';
import { planOfAside, sliceTermsAt } from './slice-terms.ts';

const at = (month: number, day: number) => Date.UTC(2026, month - 1, day);
const counts: PlanFacts = {
  id: 'team',
  prices: [{ meter: 'requests', model: 'per-unit', unitPrice: '1000', includedUnits: '100' }],
};
const byUse: PlanFacts = { id: 'team', prices: [{ meter: 'requests', model: 'per-unit', unitPrice: '7' }] };

function facts(plan: PlanFacts, over: Partial<SubscriptionFacts> = {}): Facts {
  const subscription = { subscriptionId: 'sbn_1', planId: 'team', version: 1, from: at(1, 3), until: null, ...over };
  const version = { version: 1, effectiveFrom: at(1, 1), subscriptionsFrom: at(1, 1), operatorBps: 2000 };
  const prices = [{ meter: 'input_tokens', unitPrice: '2' }];
  const list = { version: 4, operatorBps: 1000, effectiveFrom: at(1, 1), prices };
  return {
    ...{ pricesKnownUntil: Infinity, parties: new Set([partyId]), keys: new Map() },
    models: new Map([['qwen', [{ offer: 'mod_1', providerId: provider, pauses: [], prices: [list] }]]]),
    apps: new Map([
      [
        'translate',
        { developerId: developer, pauses: [], versions: [{ ...version, plans: [plan], models: [], reporters: {} }] },
      ],
    ]),
    subscriptions: new Map([[subscriptionKey('translate', partyId), [subscription]]]),
  };
}

const asked = { partyId, scope: [{ app: 'translate' }, { model: 'qwen' }] };
const period = { subscriptionId: 'sbn_1', from: instantOf(at(1, 3)), until: instantOf(at(2, 3)) };
const ofModel = { of: 'model:qwen', offer: 'mod_1', version: 4 };

describe('terms of a slice', () => {
  it('are prices, and the plans that count over a month, which ends them', () => {
    const terms = sliceTermsAt(facts(counts), asked, at(1, 20));
    expect(terms).toMatchObject({
      prices: [ofModel],
      counted: [{ of: 'app:translate:team', plan: 'team', version: 1, period }],
      tariffChangesAt: period.until,
    });
  });

  it.each([
    ['of a plan by the use do not end with a month', byUse, {}, undefined],
    ['end with the free trial', byUse, { trialUntil: at(1, 25) }, at(1, 25)],
    ['end with the subscription', byUse, { until: at(1, 28) }, at(1, 28)],
    ['end with the first of these', counts, { until: at(2, 1), trialUntil: at(1, 10) }, at(2, 1)],
  ] as const)('%s', (_, plan, over, end) => {
    const terms = sliceTermsAt(facts(plan, over), asked, at(1, 20));
    const expected = end === undefined ? undefined : instantOf(end);
    expect('tariffChangesAt' in terms ? terms.tariffChangesAt : undefined).toBe(expected);
  });

  it('are found again for what was set aside', () => {
    const terms = sliceTermsAt(facts(counts), asked, at(1, 20));
    const aside = { ...period, priceVersion: 'app:translate:team@1', units: new Map(), time: 0, key: 'usg_1' };
    expect('counted' in terms && terms.counted).toEqual([planOfAside(facts(counts), aside)]);
    expect(planOfAside({ ...facts(counts), apps: new Map() }, aside)).toBeUndefined();
  });
});
