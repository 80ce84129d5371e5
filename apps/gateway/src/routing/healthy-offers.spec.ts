import { describe, expect, it } from '@jest/globals';
import { breakerRules } from './breaker.ts';
import { healthyOffers } from './healthy-offers.ts';
import { type HealthChange, OffersHealth } from './offers-health.ts';
import { idsOf, offerAt } from './routing.fixture.ts';

const offers = ['a', 'b', 'c', 'd'].map((offerId) => offerAt(offerId, '1'));
const failed = { kind: 'failed' } as const;

function health() {
  const changes: HealthChange[] = [];
  const told = new OffersHealth(breakerRules, (change) => void changes.push(change));
  const open = (offerId: string, at = 0) => [1, 2, 3].forEach(() => told.tell(offerId, failed, at));
  return { told, changes, open, at: (now: number) => healthyOffers(offers, told, now) };
}

describe('of the offers in their order', () => {
  it('three are tried', () => expect(idsOf(health().at(0).offers)).toEqual(['a', 'b', 'c']));

  it('none is that is open', () => {
    const { open, at } = health();
    open('a');
    expect(idsOf(at(1).offers)).toEqual(['b', 'c', 'd']);
  });

  it('one that is half-open is tried first by one request at a time', () => {
    const { told, open, at } = health();
    open('a');
    expect(idsOf(at(5000).offers)).toEqual(['a', 'b', 'c']);
    told.probe('a', 5000);
    expect(idsOf(at(5001).offers)).toEqual(['b', 'c', 'd']);
    told.tell('a', { kind: 'delivered', firstUnitMs: 7 }, 5002);
    expect(idsOf(at(5003).offers)).toEqual(['a', 'b', 'c']);
  });

  it('none can be tried: it says when the first one can', () => {
    const { told, open, at } = health();
    for (const [index, { offerId }] of offers.entries()) open(offerId, index * 100);
    expect(at(4000)).toEqual({ offers: [], retryAfterMs: 1000 });
    told.probe('a', 5000);
    expect(at(5050)).toEqual({ offers: [], retryAfterMs: 50 });
  });
});

describe('the health of an offer', () => {
  it('changes where a breaker opens and where it closes', () => {
    const { told, changes, open } = health();
    open('a');
    told.tell('a', { kind: 'delivered', firstUnitMs: 1 }, 6000);
    expect(changes.map(({ offerId, after }) => [offerId, after.state])).toEqual([
      ['a', 'open'],
      ['a', 'closed'],
    ]);
  });

  it('has the mean of its latencies, in which the last one is an eighth', () => {
    const { told } = health();
    for (const firstUnitMs of [80, 160]) told.tell('a', { kind: 'delivered', firstUnitMs }, 0);
    expect(told.of('a').firstUnitMs).toBe(90);
    expect(told.of('b').firstUnitMs).toBeUndefined();
  });
});
