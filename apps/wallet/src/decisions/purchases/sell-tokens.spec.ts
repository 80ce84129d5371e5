import { describe, it } from '@jest/globals';
import { CapacityFreed, SaleRefused, TokensSold } from '@tokengrid/contracts';
import { onSystemStream } from '@tokengrid/kernel';
import {
  available,
  bill,
  context,
  from,
  given,
  granted,
  limitedTo,
  opened,
  price,
  purchased,
  purchaseId,
  saleId,
  to,
  today,
  walletId,
} from '../examples.fixture.ts';
import { openMarket } from '../state/market-policies.ts';
import { sellTokens } from './sell-tokens.ts';

describe('sell tokens', () => {
  const sell = (tokens: bigint) => ({ saleId, tokens, posted: price, policy: openMarket });
  const refused = (tokens: bigint, code: Parameters<typeof SaleRefused>[0]['code'], amounts: object = {}) =>
    SaleRefused({ walletId, saleId, tokens, code, ...amounts });
  const sold = (tokens: bigint, proceeds: bigint, fiat: readonly ReturnType<typeof to>[]) =>
    TokensSold({
      walletId,
      saleId,
      tokens,
      price: { currency: 'CNY', amount: proceeds },
      priceVersion: 3,
      day: today,
      timeZone: 'UTC',
      lots: [{ lotId: purchaseId, tokens }],
      postings: [from(available, tokens), to('lane:0:issuance', tokens), ...fiat],
    });
  const freed = (tokens: bigint, returned: boolean) => onSystemStream(CapacityFreed({ walletId, tokens, returned }));

  it('takes tokens out of the world at the posted price, as a credit on the bill', () =>
    given(opened, purchased(3_000_000n))
      .when(sellTokens, sell(2_000_000n), context)
      .then(
        sold(2_000_000n, 300n, [from(bill, 300n, 'CNY'), to('lane:0:sales', 300n, 'CNY')]),
        freed(2_000_000n, false),
      ));

  it('rounds the proceeds down, and posts no money where that leaves none', () =>
    given(opened, purchased(6_666n))
      .when(sellTokens, sell(6_666n), context)
      .then(sold(6_666n, 0n, []), freed(6_666n, false)));

  it('gives its capacity back where there is a limit', () =>
    given(opened, purchased(5n))
      .when(sellTokens, sell(5n), limitedTo(0n))
      .then(sold(5n, 0n, []), freed(5n, true)));

  it('is refused while no price is posted, whatever is there', () =>
    given(opened)
      .when(sellTokens, { ...sell(5n), posted: undefined }, context)
      .then(refused(5n, 'WALLET.NO_TOKEN_PRICE')));

  it('is refused where the wallet has enough and none of it may leave', () =>
    given(opened, granted(5n, { transferable: false }))
      .when(sellTokens, sell(5n), context)
      .then(refused(5n, 'WALLET.NOT_TRANSFERABLE', { available: 0n, required: 5n })));

  it('refuses one µAIT more than can be sold, and says what could', () =>
    given(opened, purchased(100n), granted(50n, { transferable: false }))
      .when(sellTokens, sell(101n), context)
      .then(refused(101n, 'WALLET.INSUFFICIENT_TOKENS', { available: 100n, required: 101n })));
});
