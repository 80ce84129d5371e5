import { describe, expect, it } from '@jest/globals';
import {
  instantOf,
  TokenPriceApprovalRefused,
  TokenPriceProposed,
  TokenPriceRefused,
  TokenPriceSet,
  TokenPriceWithdrawalRefused,
  TokenPriceWithdrawn,
} from '@tokengrid/contracts';
import { givenFor } from '@tokengrid/kernel';
import { approveTokenPrice } from './decide-token-price.ts';
import { context, hour, now } from '../examples.fixture.ts';
import { openMarket } from '../state/market-policies.ts';
import { type PostTokenPrice, postTokenPrice } from './post-token-price.ts';
import { mostAnnounced, mostToCome, tokenPrices } from '../state/token-prices.ts';
import { withdrawTokenPrice } from './withdraw-token-price.ts';

const given = givenFor(tokenPrices);
const terms = { currency: 'CNY', buy: 200n, sellBack: 150n };
const set = (priceVersion: number, from: number, over: object = {}) =>
  TokenPriceSet({ priceVersion, ...terms, effectiveFrom: instantOf(from), ...over });
const inForce = set(1, now);
const announced = set(2, now + hour);
const withdrawn = TokenPriceWithdrawn({ priceVersion: 2 });
const refused = (priceVersion: number, code: Parameters<typeof TokenPriceWithdrawalRefused>[0]['code']) =>
  TokenPriceWithdrawalRefused({ priceVersion, code });

describe('withdraw a token price', () => {
  it('takes back what was announced, until the very moment in which it is in force', () => {
    const at = (time: number) =>
      given(inForce, announced).when(withdrawTokenPrice, { priceVersion: 2 }, { ...context, time });
    at(now + hour - 1).then(withdrawn);
    at(now + hour).then(refused(2, 'WALLET.PRICE_IN_FORCE'));
  });

  it('is refused for a price that was in force, whatever is by now', () =>
    given(inForce, set(2, now))
      .when(withdrawTokenPrice, { priceVersion: 1 }, context)
      .then(refused(1, 'WALLET.PRICE_IN_FORCE')));

  it('is refused for one that there is not, and one that was withdrawn', () => {
    given(inForce).when(withdrawTokenPrice, { priceVersion: 2 }, context).then(refused(2, 'NOT_FOUND'));
    given(inForce, announced, withdrawn)
      .when(withdrawTokenPrice, { priceVersion: 2 }, context)
      .then(refused(2, 'WALLET.PRICE_WITHDRAWN'));
  });

  it('is remembered until the time would have come, of a thousand at most', () => {
    const times = Array.from({ length: mostToCome }, (_, index) => index + 2);
    const gone = times.flatMap((priceVersion) => [
      set(priceVersion, now + priceVersion),
      TokenPriceWithdrawn({ priceVersion }),
    ]);
    const full = given(inForce, ...gone);
    full.when(withdrawTokenPrice, { priceVersion: 2 }, context).then(refused(2, 'WALLET.PRICE_WITHDRAWN'));
    const later = { ...context, time: now + 2 };
    full.when(withdrawTokenPrice, { priceVersion: 2 }, later).then(refused(2, 'WALLET.PRICE_IN_FORCE'));
    const [posted, next] = [mostToCome + 1, mostToCome + 2];
    const posting = post({ effectiveFrom: now + hour }, posted, mostToCome);
    full.when(postTokenPrice, posting, context).then(TokenPriceRefused({ ...terms, code: 'WALLET.TOO_MANY_PRICES' }));
    full.when(postTokenPrice, posting, later).then(set(next, now + hour));
    const more = given(inForce, ...gone, set(next, now + hour), TokenPriceWithdrawn({ priceVersion: next }));
    expect(more.state).toMatchObject({ withdrawals: mostToCome + 1, withdrawn: { length: mostToCome } });
  });
});

const post = (over: Partial<PostTokenPrice>, posted: number, gone = 0): PostTokenPrice => ({
  ...{ approvalId: 'apr_1', by: 'first', people: ['first'], ...terms, effectiveFrom: undefined, policy: openMarket },
  known: { at: now, posted, withdrawn: gone, since: [] },
  ...over,
});
const inEuros = { currency: 'EUR', buy: 200n, sellBack: 150n };
const mismatch = TokenPriceRefused({ ...inEuros, code: 'WALLET.CURRENCY_MISMATCH' });

describe('a token price', () => {
  it('is in the currency of the ledger, that of the first price', () => {
    given(inForce).when(postTokenPrice, post(inEuros, 1), context).then(mismatch);
    given(announced).when(postTokenPrice, post(inEuros, 2), context).then(mismatch);
  });

  it('may be in any once all that were announced before were withdrawn', () => {
    const first = set(1, now + hour, { currency: 'EUR' });
    given(first, TokenPriceWithdrawn({ priceVersion: 1 }))
      .when(postTokenPrice, post({}, 1, 1), context)
      .then(set(2, now));
  });

  it('is not posted in another currency by approval, where one was posted meanwhile', () => {
    const proposal = { approvalId: 'apr_1', by: 'first', people: ['first'], effectiveFrom: null, comparedWith: 1 };
    const second = { approvalId: 'apr_1', by: 'second', people: ['second'] };
    given(TokenPriceProposed({ ...proposal, ...inEuros }), inForce)
      .when(approveTokenPrice, second, context)
      .then(
        TokenPriceApprovalRefused({
          ...{ approvalId: 'apr_1', by: 'second', action: 'approve', code: 'WALLET.CURRENCY_MISMATCH' },
        }),
      );
  });

  it('is not compared with prices that were looked up before one was withdrawn', () =>
    expect(() => given(inForce, announced, withdrawn).when(postTokenPrice, post({}, 2), context)).toThrow(
      'fact needed: postedPrices',
    ));

  it('is announced only as long as not too many are; those whose time has come count no more', () => {
    const many = Array.from({ length: mostAnnounced }, (_, number) => set(number + 1, now + hour + number));
    const another = post({ effectiveFrom: now + 2 * hour }, mostAnnounced);
    given(...many)
      .when(postTokenPrice, another, context)
      .then(TokenPriceRefused({ ...terms, code: 'WALLET.TOO_MANY_PRICES' }));
    given(...many)
      .when(postTokenPrice, another, { ...context, time: now + hour })
      .then(set(mostAnnounced + 1, now + 2 * hour));
    given(...many)
      .when(postTokenPrice, post({}, mostAnnounced), context)
      .then(set(mostAnnounced + 1, now));
  });
});
