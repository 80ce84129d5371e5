import { describe, expect, it } from '@jest/globals';
import { developer, provider, subscriber } from '../decisions/examples.fixture.ts';
import type { Facts, OfferFacts, Pause } from './facts.ts';
import { termsAt } from './terms-at.ts';

const at = (day: number) => Date.UTC(2026, 0, day);
const [cheap, dear] = ['mod_1', 'mod_2'];

/** An offer from a day on, at a price and a share of the operator's from that day on. */
const offerOf = (offer: string, providerId: string, day: number, unitPrice: string, pauses: Pause[] = []) => ({
  ...{ offer, providerId, pauses },
  prices: [
    { version: 1, effectiveFrom: at(day), operatorBps: 1000, prices: [{ meter: 'input_tokens', unitPrice }] },
    { version: 2, effectiveFrom: at(20), operatorBps: 300, prices: [{ meter: 'input_tokens', unitPrice }] },
  ],
});
const facts = (...offers: OfferFacts[]): Facts => ({
  pricesKnownUntil: Infinity,
  parties: new Set([subscriber]),
  keys: new Map(),
  models: new Map([['llama3:70b', offers]]),
  apps: new Map(),
  subscriptions: new Map(),
});
const two = facts(offerOf(cheap, provider, 2, '2'), offerOf(dear, developer, 4, '9'));
const termsOn = (known: Facts, day: number, offer?: string) =>
  termsAt(known, { partyId: subscriber, model: 'llama3:70b', offer, time: new Date(at(day)).toISOString() });
const waits = (waitsFor: string) => ({ known: false, waitsFor });

describe('the offer of a model', () => {
  it.each([
    [cheap, '2', provider],
    [dear, '9', developer],
  ])(
    'whose price is charged and whose provider earns is the one that the use names: %s',
    (offer, unitPrice, sellerId) =>
      expect(termsOn(two, 5, offer)).toEqual({
        known: true,
        model: {
          ...{ of: 'model:llama3:70b', offer, version: 1, operatorBps: 1000, sellerId },
          prices: [{ meter: 'input_tokens', unitPrice }],
        },
      }),
  );

  it('need not be named while there is one', () => {
    expect(termsOn(two, 3)).toMatchObject({ known: true, model: { offer: cheap } });
    expect(termsOn(two, 1)).toMatchObject({ known: true, model: { offer: cheap } });
  });

  it('is waited for where the model has several and the use names none', () =>
    expect(termsOn(two, 4)).toEqual(waits('offer:llama3:70b')));

  it('is waited for while it is not known', () => {
    expect(termsOn(two, 5, 'mod_3')).toEqual(waits('model:llama3:70b:mod_3'));
    expect(termsOn(facts(), 5)).toEqual(waits('model:llama3:70b'));
  });

  it('changes the share of the operator with its prices', () =>
    expect(termsOn(two, 20, cheap)).toMatchObject({ model: { version: 2, operatorBps: 300 } }));

  const suspended = (until: number | null): Pause[] => [{ from: at(6), until }];

  it('charges nothing for what was used while it was suspended or withdrawn, and the rest as ever', () => {
    const known = facts(offerOf(cheap, provider, 2, '2', suspended(at(8))));
    expect(termsOn(known, 5, cheap)).toMatchObject({ known: true });
    expect(termsOn(known, 6, cheap)).toEqual(waits(`suspended:${cheap}`));
    expect(termsOn(known, 7)).toEqual(waits('suspended:llama3:70b'));
    expect(termsOn(known, 8)).toMatchObject({ known: true });
    expect(termsOn(facts(offerOf(cheap, provider, 2, '2', suspended(null))), 99)).toMatchObject({ known: false });
  });

  it('is the other one while one is suspended', () => {
    const known = facts(offerOf(cheap, provider, 2, '2', suspended(null)), offerOf(dear, developer, 4, '9'));
    expect(termsOn(known, 7)).toMatchObject({ known: true, model: { offer: dear } });
  });
});
