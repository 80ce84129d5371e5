import { describe, expect, it } from '@jest/globals';
import {
  instantOf,
  TokenPriceApprovalRefused,
  TokenPriceApproved,
  TokenPriceProposed,
  TokenPriceRejected,
  TokenPriceSet,
} from '@tokengrid/contracts';
import { givenFor } from '@tokengrid/kernel';
import { mostProposals } from '../state/approvals.ts';
import { priceTakesApproval } from '../rules/approvals.ts';
import { approveTokenPrice, rejectTokenPrice } from './decide-token-price.ts';
import { context, hour, now } from '../examples.fixture.ts';
import { openMarket } from '../state/market-policies.ts';
import { postTokenPrice } from './post-token-price.ts';
import { tokenPrices } from '../state/token-prices.ts';

const given = givenFor(tokenPrices);
const approvalId = `apr_${'1'.repeat(26)}`;
const policy = { ...openMarket, approvals: { priceChangeAboveBps: 1000 } };
const priceOf = (buy: bigint, sellBack = 150n, currency = 'CNY') => ({ currency, buy, sellBack });
const posted = (priceVersion: number, buy: bigint, effectiveFrom = now) => ({
  ...priceOf(buy),
  priceVersion,
  effectiveFrom,
});
const set = (priceVersion: number, buy: bigint, effectiveFrom = now) =>
  TokenPriceSet({ priceVersion, ...priceOf(buy), effectiveFrom: instantOf(effectiveFrom) });
const first = set(1, 200n, now - hour);
const known = { at: now, posted: 1, withdrawn: 0, since: [posted(1, 200n, now - hour)] };
const asked = (buy: bigint, effectiveFrom?: number) => ({
  ...{ approvalId, ...proposer, ...priceOf(buy), effectiveFrom, policy, known },
});
const proposed = (buy: bigint, effectiveFrom: number | null = null, id = approvalId) =>
  TokenPriceProposed({
    ...{ approvalId: id, ...proposer, ...priceOf(buy), comparedWith: 1 },
    effectiveFrom: effectiveFrom === null ? null : instantOf(effectiveFrom),
  });
const proposer = { by: 'first', people: ['first'] };
const word = { approvalId, by: 'second' };
const second = { ...word, people: ['second'] };

describe('a price change', () => {
  it.each([
    ['up by just so much', priceOf(200n), priceOf(220n), false],
    ['up by one more', priceOf(200n), priceOf(221n), true],
    ['down by just so much', priceOf(200n), priceOf(180n), false],
    ['down by one more', priceOf(200n), priceOf(179n), true],
    ['of what is bought back', priceOf(200n, 150n), priceOf(200n, 166n), true],
    ['of nothing', priceOf(200n), priceOf(200n), false],
    ['from nothing to anything', priceOf(0n, 0n), priceOf(1n, 0n), true],
    ['from nothing to nothing', priceOf(0n, 0n), priceOf(0n, 0n), false],
    ['by a fraction of a basis point too much', priceOf(10_000_001n), priceOf(11_000_002n), true],
    ['by a fraction of a basis point less', priceOf(10_000_009n), priceOf(11_000_009n), false],
    ['of the currency', priceOf(200n), priceOf(200n, 150n, 'USD'), true],
    ['that is none: the first price', undefined, priceOf(200n), false],
  ])('%s', (_, from, to, takesApproval) => expect(priceTakesApproval(from, to, policy)).toBe(takesApproval));

  it('takes none while the policy asks for none', () =>
    expect(priceTakesApproval(priceOf(200n), priceOf(2n), openMarket)).toBe(false));
});

describe('post a token price', () => {
  it('posts the first price, and changes that one person may make', () => {
    given()
      .when(postTokenPrice, { ...asked(200n), known: { at: now, posted: 0, withdrawn: 0, since: [] } }, context)
      .then(set(1, 200n));
    given(first).when(postTokenPrice, asked(220n), context).then(set(2, 220n));
  });

  it('does not take for the first price what comes before one that is posted already', () => {
    const later = { at: now, posted: 1, withdrawn: 0, since: [posted(1, 200n, now + hour)] };
    given(set(1, 200n, now + hour))
      .when(postTokenPrice, { ...asked(221n), known: later }, context)
      .then(proposed(221n));
    given(set(1, 200n, now + hour))
      .when(postTokenPrice, { ...asked(220n), known: later }, context)
      .then(set(2, 220n));
  });

  it('lets a larger change wait, until it is approved or for a time to come', () => {
    given(first).when(postTokenPrice, asked(221n), context).then(proposed(221n));
    given(first)
      .when(postTokenPrice, asked(221n, now + hour), context)
      .then(proposed(221n, now + hour));
  });

  it('compares with the price that is in force by then', () => {
    const upcoming = { at: now, posted: 2, withdrawn: 0, since: [...known.since, posted(2, 400n, now + hour)] };
    const history = [first, set(2, 400n, now + hour)];
    given(...history)
      .when(postTokenPrice, { ...asked(400n, now + hour), known: upcoming }, context)
      .then(set(3, 400n, now + hour));
    given(...history)
      .when(postTokenPrice, { ...asked(200n, now + hour - 1), known: upcoming }, context)
      .then(set(3, 200n, now + hour - 1));
    const back = given(...history).when(postTokenPrice, { ...asked(200n, now + hour), known: upcoming }, context);
    expect(back.decided).toMatchObject([{ type: 'TokenPriceProposed', data: { comparedWith: 2 } }]);
  });

  it('is not decided on prices that were looked up before another was posted', () =>
    expect(() => given(first, set(2, 400n)).when(postTokenPrice, asked(220n), context)).toThrow(
      'fact needed: postedPrices',
    ));

  it('has to be compared anew if the clock was stepped back since', () => {
    const ahead = { ...asked(220n), known: { ...known, at: now + 1 } };
    expect(() => given(first).when(postTokenPrice, ahead, context)).toThrow('fact needed: postedPrices');
  });

  it('is refused where as much waits as may', () => {
    const waiting = Array.from({ length: mostProposals }, (_, index) => proposed(221n, null, `apr_${index}`));
    given(first, ...waiting)
      .when(postTokenPrice, asked(221n), context)
      .then(
        TokenPriceApprovalRefused({ approvalId, by: 'first', action: 'propose', code: 'WALLET.TOO_MANY_APPROVALS' }),
      );
  });
});

describe('a price that waits', () => {
  const approved = TokenPriceApproved(word);
  const refused = (
    action: 'approve' | 'reject',
    code: Parameters<typeof TokenPriceApprovalRefused>[0]['code'],
    by = 'second',
  ) => TokenPriceApprovalRefused({ approvalId, by, action, code });

  it('is posted when it is approved: at once, or from its time on if that is to come', () => {
    given(first, proposed(221n)).when(approveTokenPrice, second, context).then(approved, set(2, 221n));
    given(first, proposed(221n, now + hour))
      .when(approveTokenPrice, second, context)
      .then(approved, set(2, 221n, now + hour));
    given(first, proposed(221n, now - 1))
      .when(approveTokenPrice, second, context)
      .then(approved, set(2, 221n));
  });

  it('is rejected, and why', () =>
    given(first, proposed(221n))
      .when(rejectTokenPrice, { ...second, reason: 'a typing error' }, context)
      .then(TokenPriceRejected({ ...word, reason: 'a typing error' })));

  it('is resolved once', () => {
    for (const resolution of [approved, TokenPriceRejected(word)]) {
      const resolved = given(first, proposed(221n), resolution);
      resolved.when(approveTokenPrice, second, context).then(refused('approve', 'WALLET.APPROVAL_RESOLVED'));
      resolved.when(rejectTokenPrice, second, context).then(refused('reject', 'WALLET.APPROVAL_RESOLVED'));
    }
  });

  it('is not for who proposed it to decide, and waits on', () => {
    const own = { approvalId, ...proposer };
    const barred = refused('approve', 'WALLET.SAME_PRINCIPAL', 'first');
    given(first, proposed(221n)).when(approveTokenPrice, own, context).then(barred);
    given(first, proposed(221n))
      .when(rejectTokenPrice, own, context)
      .then(refused('reject', 'WALLET.SAME_PRINCIPAL', 'first'));
    given(first, proposed(221n), barred).when(approveTokenPrice, second, context).then(approved, set(2, 221n));
  });
});
