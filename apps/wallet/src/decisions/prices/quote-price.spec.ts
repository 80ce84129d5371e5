import { describe, expect, it } from '@jest/globals';
import { instantOf, PriceQuoted, PurchaseRefused, QuoteRefused, type Side } from '@tokengrid/contracts';
import { fold } from '@tokengrid/kernel';
import {
  context,
  given,
  hour,
  limitedTo,
  now,
  opened,
  price,
  purchased,
  purchaseId,
  saleId,
  waiting,
  walletId,
} from '../examples.fixture.ts';
import { openMarket } from '../state/market-policies.ts';
import { purchaseTokens } from '../purchases/purchase-tokens.ts';
import { quotePrice } from './quote-price.ts';
import { mostOpenQuotes } from '../state/quotes.ts';
import { sellTokens } from '../purchases/sell-tokens.ts';
import { wallet } from '../state/wallet.ts';
import { FactNeeded } from '../state/facts.ts';

const quoteIdOf = (number: number) => `quo_${String(number).padStart(26, '0')}`;
const quoteId = quoteIdOf(1);
const later = (milliseconds: number) => ({ ...context, time: now + milliseconds });
const quoted = (over: object = {}) =>
  PriceQuoted({
    ...{ walletId, quoteId, side: 'buy', tokens: 1_000_001n, price: { currency: 'CNY', amount: 201n } },
    ...{ priceVersion: 3, expiresAt: instantOf(now + 60_000) },
    ...over,
  });

describe('quote price', () => {
  const ask = (side: Side, tokens: bigint) => ({ quoteId, side, tokens, posted: price, validForSeconds: 60 });
  const refused = (code: Parameters<typeof QuoteRefused>[0]['code']) =>
    QuoteRefused({ walletId, quoteId, side: 'buy', tokens: 1n, code });
  const many = (expiresAt = now + hour) =>
    Array.from({ length: mostOpenQuotes }, (_, number) =>
      quoted({ quoteId: quoteIdOf(number), expiresAt: instantOf(number === 7 ? expiresAt : now + hour) }),
    );

  it('promises what the tokens cost now, rounded up', () =>
    given(opened).when(quotePrice, ask('buy', 1_000_001n), context).then(quoted()));

  it('promises what they bring now, rounded down, whether they are there or not', () =>
    given(opened)
      .when(quotePrice, ask('sell', 1_000_001n), context)
      .then(quoted({ side: 'sell', price: { currency: 'CNY', amount: 150n } })));

  it("has to be looked up again where another price is in force by the lane's time; as what is bought and sold has", () => {
    const posted = { ...price, until: now };
    const state = fold(wallet, [opened]);
    const policy = openMarket;
    const outdated = new FactNeeded('price', { time: now });
    const decisions = [
      () => quotePrice(state, { ...ask('buy', 1n), posted }, context),
      () =>
        purchaseTokens(state, { purchaseId, tokens: 1n, method: 'carrier-bill', posted, policy, ...waiting }, context),
      () => sellTokens(state, { saleId, tokens: 1n, posted, policy }, context),
    ];
    for (const decide of decisions) expect(decide).toThrow(outdated);
    const inForce = { ...ask('buy', 1_000_001n), posted: { ...price, until: now + 1 } };
    expect(quotePrice(state, inForce, context)).toEqual([quoted()]);
  });

  it('is refused while no price is posted, before the quotes are counted', () =>
    given(opened, ...many())
      .when(quotePrice, { ...ask('buy', 1n), posted: undefined }, context)
      .then(refused('WALLET.NO_TOKEN_PRICE')));

  it('is refused while too many are open', () =>
    given(opened, ...many())
      .when(quotePrice, ask('buy', 1n), context)
      .then(refused('WALLET.TOO_MANY_QUOTES')));

  it('is made in place of one that has expired', () => {
    const asked = given(opened, ...many(now)).when(quotePrice, { ...ask('buy', 1n), quoteId: quoteIdOf(99) }, context);
    const quotes = fold(wallet, [opened, ...many(now), ...(asked.decided as never[])]);
    const kept = [...Array(mostOpenQuotes).keys()].filter((number) => number !== 7).map(quoteIdOf);
    expect(quotes).toMatchObject({ quotes: [...kept, quoteIdOf(99)].map((quoteId) => ({ quoteId })) });
  });
});

describe('a purchase with a quote', () => {
  const dearer = { ...price, priceVersion: 4, buy: 999n, sellBack: 1n };
  const buy = { purchaseId, tokens: 1_000_001n, method: 'carrier-bill', posted: dearer, quoteId } as const;
  const command = { ...buy, policy: openMarket, ...waiting };
  const refused = (code: Parameters<typeof PurchaseRefused>[0]['code'], over: object = {}) =>
    PurchaseRefused({ walletId, purchaseId, tokens: 1_000_001n, code, ...over });
  const bought = { type: 'TokensPurchased', data: { price: { amount: 201n }, priceVersion: 3, quoteId } };

  it.each([
    ['at its price, whatever is posted', command, later(0)],
    ['until its last millisecond', command, later(59_999)],
    ['although nothing is posted', { ...command, posted: undefined }, later(0)],
  ])('is made %s', (_, asked, at) =>
    expect(given(opened, quoted()).when(purchaseTokens, asked, at).decided[0]).toMatchObject(bought),
  );

  it('is refused where the wallet has no such quote', () =>
    given(opened).when(purchaseTokens, command, context).then(refused('WALLET.QUOTE_UNKNOWN')));

  it('is refused once the quote has expired, whatever it is for', () =>
    given(opened, quoted({ tokens: 1n }))
      .when(purchaseTokens, command, later(60_000))
      .then(refused('WALLET.QUOTE_EXPIRED')));

  it.each([
    ['another number of tokens', { tokens: 1_000_000n }],
    ['the other side', { side: 'sell' }],
  ])('is refused where the quote is for %s, before anything else', (_, terms) =>
    given(opened, quoted(terms))
      .when(purchaseTokens, { ...command, policy: { ...openMarket, billMonthlyLimit: 0n } }, limitedTo(0n))
      .then(refused('WALLET.QUOTE_MISMATCH')),
  );

  it('uses the quote up', () => {
    const first = given(opened, quoted()).when(purchaseTokens, command, context).decided[0] as never;
    given(opened, quoted(), first).when(purchaseTokens, command, context).then(refused('WALLET.QUOTE_UNKNOWN'));
  });

  it('uses it up by waiting for a payment, too', () => {
    const pending = given(opened, quoted()).when(purchaseTokens, { ...command, method: 'payment-provider' }, context);
    expect(pending.decided[0]).toMatchObject({ type: 'PurchasePending', data: { price: { amount: 201n }, quoteId } });
    const after = given(opened, quoted(), pending.decided[0] as never);
    after.when(purchaseTokens, command, context).then(refused('WALLET.QUOTE_UNKNOWN'));
  });

  it('leaves the quote where it is refused for another reason', () => {
    const exhausted = { ...command, capacityLeft: 0n };
    const refusal = given(opened, quoted()).when(purchaseTokens, exhausted, limitedTo(0n)).decided[0] as never;
    expect(given(opened, quoted(), refusal).when(purchaseTokens, command, context).decided[0]).toMatchObject(bought);
  });
});

describe('a sale with a quote', () => {
  const quote = quoted({ side: 'sell', price: { currency: 'CNY', amount: 150n } });
  const sell = { saleId, tokens: 1_000_001n, posted: { ...price, sellBack: 1n }, quoteId, policy: openMarket };

  it('is made at its price, once', () => {
    const sold = given(opened, purchased(2_000_002n), quote).when(sellTokens, sell, context).decided[0] as never;
    expect(sold).toMatchObject({ type: 'TokensSold', data: { price: { amount: 150n }, priceVersion: 3, quoteId } });
    const again = given(opened, purchased(2_000_002n), quote, sold).when(sellTokens, sell, context).decided;
    expect(again).toMatchObject([{ type: 'SaleRefused', data: { code: 'WALLET.QUOTE_UNKNOWN' } }]);
  });

  it('does not take a quote for buying', () =>
    expect(given(opened, purchased(2_000_002n), quoted()).when(sellTokens, sell, context).decided).toMatchObject([
      { type: 'SaleRefused', data: { code: 'WALLET.QUOTE_MISMATCH' } },
    ]));
});
