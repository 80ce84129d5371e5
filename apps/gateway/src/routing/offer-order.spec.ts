import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { inOrder, type Preferences, typicalCost } from './offer-order.ts';
import { idsOf, offerAt } from './routing.fixture.ts';

const offers = [offerAt('a', '3'), offerAt('b', '1'), offerAt('c', '2'), offerAt('d', '1')];
const order = (preferences: Partial<Preferences>, latencies: Readonly<Record<string, number>> = {}) =>
  idsOf(inOrder(offers, { affinity: 'x', ...preferences }, (offerId) => latencies[offerId])).join('');
const firstOf = (affinity: string, of = offers) => inOrder(of, { affinity }, () => undefined)[0]!.offerId;
const affinities = (count: number) => Array.from({ length: count }, (_, index) => `conversation ${index}`);

describe('offers are tried', () => {
  it('the cheapest first, of equal ones the older', () => expect(order({ sort: 'price' })).toBe('bdca'));

  it('the fastest first, and before it those that were never measured', () =>
    expect(order({ sort: 'latency' }, { a: 10, b: 20, d: 5 })).toBe('cdab'));

  it('as the request names them, then the others', () =>
    expect(order({ order: ['org_of_a', 'd'], sort: 'price' })).toBe('adbc'));

  it('by default the favourite first, then the cheapest', () => {
    const [favourite, ...others] = order({});
    expect(others.join('')).toBe([...'bdca'].filter((offerId) => offerId !== favourite).join(''));
  });
});

describe('the favourite of an affinity', () => {
  it('stays when another offer leaves, and changes only to one that comes', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom(...'abcd'), (affinity, gone) => {
        const before = firstOf(affinity);
        const now = firstOf(
          affinity,
          offers.filter(({ offerId }) => offerId !== gone),
        );
        // The weights are those of the cheapest, which two offers are: one of them stays.
        expect(before === gone || now === before).toBe(true);
      }),
    );
  });

  it('is a cheap one for most: by the inverse square of the price', () => {
    const counts = Map.groupBy(
      affinities(4000).map((each) => firstOf(each)),
      (offerId) => offerId,
    );
    const shares = [...'abcd'].map((offerId) => (counts.get(offerId)?.length ?? 0) / 4000);
    // 1/9 : 1 : 1/4 : 1.
    const expected = [1 / 9, 1, 1 / 4, 1].map((weight) => weight / (1 / 9 + 1 + 1 / 4 + 1));
    for (const [index, share] of shares.entries()) expect(Math.abs(share - expected[index]!)).toBeLessThan(0.03);
  });

  it('is one that costs nothing, if there is one', () => {
    const free = [...offers, offerAt('free', '0')];
    expect(new Set(affinities(200).map((each) => firstOf(each, free)))).toEqual(new Set(['free']));
  });
});

describe('prices are compared', () => {
  it('by a request of 1,000 units in and 300 out', () =>
    expect(
      typicalCost({
        prices: new Map([
          ['input_tokens', '0.5'],
          ['output_tokens', '2'],
        ]),
      }),
    ).toBe(1_100_000_000n));

  it('exactly, at any size', () => {
    const large = ['999999999999999999.999999', '999999999999999999.999998'];
    const [one, other] = large.map((price, index) => offerAt(`${index}`, price));
    expect(idsOf(inOrder([one!, other!], { affinity: '', sort: 'price' }, () => undefined))).toEqual(['1', '0']);
  });
});
