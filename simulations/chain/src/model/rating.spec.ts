import { describe, expect, it } from '@jest/globals';
import { CountedUses } from './counted-uses.ts';
import { Facts } from './facts.ts';
import { rate, sharesOf, type Use } from './rating.ts';

const hour = 3_600_000;
const use: Use = {
  ...{ payerId: 'payer', reporterId: 'operator', source: '/', id: '1', time: 10 * hour },
  units: { input_tokens: '3', output_tokens: '0.5' },
};

const perUnit = (meter: string, unitPrice: string) => ({ meter, model: 'per-unit' as const, unitPrice });

function market(): Facts {
  const facts = new Facts();
  facts.parties.add('payer');
  facts.offer(
    { id: 'mod', name: 'swift', providerId: 'provider' },
    { version: 1, from: 5 * hour, operatorBps: 1250, prices: { input_tokens: '1.5', output_tokens: '4' } },
  );
  facts.publish(
    { slug: 'maps', developerId: 'developer' },
    {
      ...{ version: 1, from: 5 * hour, operatorBps: 1000, aggregations: { calls: 'count' } },
      plans: { standard: { prices: [perUnit('input_tokens', '4'), perUnit('calls', '7')] } },
    },
  );
  facts.subscribe({ id: 'sbn', partyId: 'payer', slug: 'maps', plan: 'standard', from: 8 * hour });
  return facts;
}

describe('the reference model of what a use costs', () => {
  it('rounds half up, once, on the total; the operator has its part and the provider the rest', () => {
    // 3 × 1.5 + 0.5 × 4 = 6.5, and 12.5 % of 7 = 0.875.
    expect(rate(market(), { ...use, model: 'swift' })).toMatchObject({
      tokens: 7n,
      earners: [
        { role: 'operator', partyId: 'operator', tokens: 1n },
        { role: 'provider', partyId: 'provider', tokens: 6n },
      ],
    });
  });

  it('counts uses where a meter does, whatever units they give', () => {
    expect(rate(market(), { ...use, app: 'maps', units: { calls: '99' } })).toMatchObject({ tokens: 7n });
  });

  it('pays the provider what the model costs, and the developer the rest', () => {
    // 3 × 4 = 12, 10 % of it 1.2; the model costs 7.
    expect(rate(market(), { ...use, app: 'maps', model: 'swift' })).toMatchObject({
      tokens: 12n,
      earners: [{ tokens: 1n }, { role: 'provider', tokens: 7n }, { role: 'developer', tokens: 4n }],
    });
  });

  it('has the developer pay what the price does not leave for the provider', () => {
    // Only calls are priced: 7, of which 1 is the operator's and 6 are the provider's; the model
    // costs 1.5 × 10 = 15.
    const called = { ...use, app: 'maps', model: 'swift', units: { calls: '1', input_tokens: '0' } };
    const dear = market();
    dear.offer(
      { id: 'mod', name: 'swift', providerId: 'provider' },
      { version: 2, from: 9 * hour, operatorBps: 1250, prices: { calls: '15' } },
    );
    expect(rate(dear, called)).toMatchObject({
      tokens: 7n,
      earners: [
        { role: 'operator', tokens: 1n },
        { role: 'provider', tokens: 6n },
      ],
      subsidy: { partyId: 'developer', tokens: 9n },
    });
  });

  it('goes by the prices of the time of use; before the first, by the first', () => {
    const facts = market();
    facts.offer(
      { id: 'mod', name: 'swift', providerId: 'provider' },
      { version: 2, from: 10 * hour, operatorBps: 1250, prices: { input_tokens: '2' } },
    );
    const at = (time: number) => rate(facts, { ...use, model: 'swift', time });
    expect([at(10 * hour), at(10 * hour - 1), at(0)]).toMatchObject([{ tokens: 6n }, { tokens: 7n }, { tokens: 7n }]);
  });

  it('waits for what it does not know: the payer, a key, an app, a subscription, a model', () => {
    const unknown = [
      { payerId: 'stranger', model: 'swift' },
      { key: 'key_1', model: 'swift' },
      { app: 'letters' },
      { app: 'maps', model: 'broad' },
      { model: 'broad' },
    ];
    const facts = market();
    expect(unknown.map((each) => rate(facts, { ...use, ...each }))).toEqual(
      ['stranger', 'key_1', 'letters', 'none of broad', 'none of broad'].map((waits) => ({ waits })),
    );
    facts.subscriptions = [];
    expect(rate(facts, { ...use, app: 'maps' })).toEqual({ waits: 'maps' });
  });

  it('has no subscription between an end and the next beginning, and the first one before all of them', () => {
    const facts = market();
    facts.unsubscribe('sbn', 9 * hour);
    facts.subscribe({ id: 'next', partyId: 'payer', slug: 'maps', plan: 'standard', from: 11 * hour });
    const idAt = (time: number) => facts.subscriptionAt('payer', 'maps', time)?.id;
    expect([2, 8, 9, 10, 11].map((at) => idAt(at * hour))).toEqual(['sbn', 'sbn', undefined, undefined, 'next']);
    expect(idAt(9 * hour - 1)).toBe('sbn');
  });

  it('counts over a month of the subscription, by the terms with which the month began', () => {
    const counted = new CountedUses();
    const facts = market();
    const plan = (unitPrice: string, includedUnits: string) => ({
      standard: { prices: [{ ...perUnit('calls', unitPrice), includedUnits }] },
    });
    const terms = { operatorBps: 1000, aggregations: {} };
    facts.publish(
      { slug: 'maps', developerId: 'developer' },
      { ...terms, version: 2, from: 7 * hour, plans: plan('10', '5') },
    );
    facts.publish(
      { slug: 'maps', developerId: 'developer' },
      { ...terms, version: 3, from: 9 * hour, plans: plan('1', '9') },
    );
    const called = { ...use, app: 'maps', units: { calls: '7' } };
    expect(rate(facts, called, counted)).toMatchObject({
      tokens: 20n,
      price: {
        version: 2,
        period: { subscriptionId: 'sbn', from: 8 * hour, lines: [{ meter: 'calls', tokens: 20n }] },
      },
      earners: [{ tokens: 2n }, { role: 'developer', tokens: 18n }],
    });
    counted.add('sbn', 8 * hour, { usageId: '1', time: called.time, units: called.units });
    expect(rate(facts, called, counted)).toMatchObject({ tokens: 70n });
    const nextMonth = { ...called, time: called.time + 31 * 24 * hour };
    expect(rate(facts, { ...nextMonth, units: { calls: '10' } }, counted)).toMatchObject({
      tokens: 1n,
      price: { version: 3 },
    });
  });

  it('gives back from the operator and the developer, and has the developer pay the whole model', () => {
    const sellers = { operatorBps: 1250, providerId: 'provider', developerId: 'developer' };
    expect(sharesOf(-12n, sellers, 7n)).toEqual({
      earners: [
        { role: 'operator', partyId: 'operator', tokens: -2n },
        { role: 'developer', partyId: 'developer', tokens: -10n },
      ],
      subsidy: { partyId: 'developer', tokens: 7n },
    });
  });

  it('charges nothing in free days, counts nothing, and has the developer pay the model', () => {
    const facts = market();
    const plans = { standard: { prices: [perUnit('input_tokens', '4')], trialDays: 1 } };
    const free = { version: 2, from: 6 * hour, operatorBps: 1000, aggregations: {}, plans };
    facts.publish({ slug: 'maps', developerId: 'developer' }, free);
    expect(rate(facts, { ...use, app: 'maps', model: 'swift' })).toMatchObject({
      ...{ tokens: 0n, isTrial: true, earners: [], subsidy: { partyId: 'developer', tokens: 7n } },
    });
    expect(rate(facts, { ...use, app: 'maps', time: 32 * hour })).toMatchObject({ tokens: 12n, isTrial: false });
  });

  it('prices what an offer served by its own prices, and waits where several were there and none is named', () => {
    const facts = market();
    const other = { id: 'other', name: 'swift', providerId: 'another' };
    facts.offer(other, { version: 1, from: 9 * hour, operatorBps: 0, prices: { input_tokens: '100' } });
    const at = (time: number, offer?: string) => rate(facts, { ...use, model: 'swift', offer, time });
    expect(at(10 * hour)).toEqual({ waits: 'several of swift' });
    expect(at(10 * hour, 'other')).toMatchObject({ tokens: 300n, offer: 'other', earners: [{ partyId: 'another' }] });
    expect(at(10 * hour, 'mod')).toMatchObject({ tokens: 7n, offer: 'mod' });
    expect(at(10 * hour, 'unknown')).toEqual({ waits: 'none of swift' });
    expect([at(9 * hour - 1), at(0)]).toMatchObject([{ offer: 'mod' }, { offer: 'mod' }]);
  });
});
