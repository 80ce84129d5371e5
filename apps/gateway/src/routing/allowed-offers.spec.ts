import { describe, expect, it } from '@jest/globals';
import { allowedOffers, type Limits } from './allowed-offers.ts';
import { idsOf, offerAt } from './routing.fixture.ts';

const [here, there, learning] = [
  offerAt('a', '2'),
  offerAt('b', '1', { region: 'us-east' }),
  offerAt('c', '3', { trainsOnData: true }),
];
const allowed = (limits: Limits) => {
  const { offers, ruledOut } = allowedOffers([here, there, learning], limits);
  return [idsOf(offers).join(''), ruledOut.join(' ')];
};

describe('an offer may serve a request', () => {
  it.each<[string, Limits, string, string]>([
    ['that limits nothing', {}, 'abc', ''],
    ['that names its provider', { provider: 'org_of_b' }, 'b', 'provider provider'],
    ['that names the offer', { provider: 'c' }, 'c', 'provider provider'],
    ['that names another provider', { provider: 'org_of_d' }, '', 'provider provider provider'],
    ['for some providers only', { only: ['org_of_a', 'c'] }, 'ac', 'provider'],
    ['for none of some providers', { ignore: ['org_of_a'] }, 'bc', 'provider'],
    ['that would rather have an order', { order: ['org_of_c'] }, 'abc', ''],
    ['that has an order without fallbacks', { order: ['org_of_c'], allowFallbacks: false }, 'c', 'provider provider'],
    ['in a region, in any capitals', { region: 'EU-West' }, 'ac', 'region'],
    ['that must not be trained on', { denyTraining: true }, 'ab', 'training'],
    ['up to a price, to the last digit', { maxPrice: new Map([['input_tokens', '2']]) }, 'ab', 'price'],
    ['below it', { maxPrice: new Map([['input_tokens', '1.999999']]) }, 'b', 'price price'],
    ['with a price for what it does not sell', { maxPrice: new Map([['images', '0']]) }, 'abc', ''],
  ])('%s', (_, limits, expected, ruledOut) => expect(allowed(limits)).toEqual([expected, ruledOut]));
});
