import { describe, expect, it } from '@jest/globals';
import { instantOf, TokenPriceSet } from '@tokengrid/contracts';
import { givenFor } from '@tokengrid/kernel';
import { context, hour, now, price } from '../examples.fixture.ts';
import { setTokenPrice } from './set-token-price.ts';
import { tokenPrices } from '../state/token-prices.ts';
import { costOf, proceedsOf } from '../rules/token-prices.ts';

const given = givenFor(tokenPrices);

describe('set token price', () => {
  const posting = { currency: 'CNY', buy: 200n, sellBack: 150n };
  const set = (priceVersion: number, from: number) =>
    TokenPriceSet({ priceVersion, ...posting, effectiveFrom: instantOf(from) });

  it('posts the first price, at once', () =>
    given()
      .when(setTokenPrice, { ...posting, effectiveFrom: undefined }, context)
      .then(set(1, now)));

  it('posts the next from a time to come', () =>
    given(set(1, now))
      .when(setTokenPrice, { ...posting, effectiveFrom: now + hour }, context)
      .then(set(2, now + hour)));

  it('takes a time that is past for now', () =>
    given(set(1, now))
      .when(setTokenPrice, { ...posting, effectiveFrom: now - hour }, context)
      .then(set(2, now)));
});

describe('a price', () => {
  it.each([
    [0n, 0n, 0n],
    [1n, 1n, 0n],
    [5_000n, 1n, 0n],
    [5_001n, 2n, 0n],
    [1_000_000n, 200n, 150n],
    [1_006_666n, 202n, 150n],
    [1_006_667n, 202n, 151n],
  ])('for %s µAIT costs %s and brings %s minor units', (tokens, cost, proceeds) => {
    expect([costOf(tokens, price), proceedsOf(tokens, price)]).toEqual([cost, proceeds]);
  });
});
