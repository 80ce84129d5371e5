import { describe, expect, it } from '@jest/globals';
import { BillLimitSet, MarketPolicySet, PurchaseRefused, SaleRefused, TransferRefused } from '@tokengrid/contracts';
import { fold } from '@tokengrid/kernel';
import {
  context,
  given,
  limitedTo,
  opened,
  otherWalletId,
  price,
  purchased,
  purchaseId,
  saleId,
  transferId,
  waiting,
  walletId,
} from '../examples.fixture.ts';
import type { MarketPolicy } from '../state/market-policies.ts';
import { marketPolicies, openMarket } from '../state/market-policies.ts';
import { purchaseTokens } from '../purchases/purchase-tokens.ts';
import { sellTokens } from '../purchases/sell-tokens.ts';
import { sendTokens } from '../transfers/send-tokens.ts';
import { setBillLimit } from '../wallets/set-bill-limit.ts';
import { setMarketPolicy } from '../market-policy/set-market-policy.ts';
import { wallet } from '../state/wallet.ts';

/** The last millisecond of the specs' month. */
const endOfJanuary = { ...context, time: Date.UTC(2026, 1, 1) - 1 };
const february = { ...context, time: Date.UTC(2026, 1, 1) };

describe('the operator’s market policy', () => {
  it('is numbered as it is set', () => {
    const first = setMarketPolicy(marketPolicies.initial, openMarket);
    expect(first).toEqual([MarketPolicySet({ ...openMarket, version: 1 })]);
    const next = setMarketPolicy(fold(marketPolicies, first as ReturnType<typeof MarketPolicySet>[]), {
      ...openMarket,
      billMonthlyLimit: 5n,
    });
    expect(next).toEqual([MarketPolicySet({ ...openMarket, billMonthlyLimit: 5n, version: 2 })]);
  });
});

describe('sending under a policy', () => {
  const send = (tokens: bigint, policy: Partial<MarketPolicy>) => ({
    ...{ transferId, toWalletId: otherWalletId, tokens, receiverKnown: true },
    policy: { ...openMarket, ...policy },
  });
  const refused = (
    tokens: bigint,
    refusal: Partial<Parameters<typeof TransferRefused>[0]> & Pick<Parameters<typeof TransferRefused>[0], 'code'>,
  ) => TransferRefused({ walletId, transferId, toWalletId: otherWalletId, tokens, ...refusal });
  const cap = (monthlyCap: bigint) => ({ sending: { allowed: true, monthlyCap } });
  const sent = given(opened, purchased(100n)).when(sendTokens, send(40n, {}), context).decided as never;
  const after40 = () => given(opened, purchased(100n), ...(sent as []));

  it('is refused where there is no such wallet before anything else', () =>
    given(opened)
      .when(sendTokens, { ...send(1n, { sending: { allowed: false } }), receiverKnown: false }, context)
      .then(refused(1n, { code: 'NOT_FOUND' })));

  it('is refused where parties may not send, whatever is there', () =>
    given(opened)
      .when(sendTokens, send(1n, { sending: { allowed: false } }), context)
      .then(refused(1n, { code: 'WALLET.SENDING_OFF' })));

  it('is refused one µAIT above the month’s cap, before what the wallet lacks', () =>
    after40()
      .when(sendTokens, send(61n, cap(100n)), endOfJanuary)
      .then(refused(61n, { code: 'WALLET.LIMIT_EXCEEDED', limit: 'sending-monthly', available: 60n, required: 61n })));

  it('goes up to the cap itself', () =>
    expect(after40().when(sendTokens, send(60n, cap(100n)), endOfJanuary).decided).toMatchObject([
      { type: 'TokensSent', data: { tokens: 60n, day: '2026-01-31' } },
    ]));

  it('speaks of nothing left, never of less, where the cap was lowered', () =>
    after40()
      .when(sendTokens, send(1n, cap(39n)), context)
      .then(refused(1n, { code: 'WALLET.LIMIT_EXCEEDED', limit: 'sending-monthly', available: 0n, required: 1n })));

  it('starts anew with the month', () =>
    expect(after40().when(sendTokens, send(60n, cap(60n)), february).decided).toMatchObject([
      { type: 'TokensSent', data: { day: '2026-02-01' } },
    ]));
});

describe('selling under a policy', () => {
  const sell = (tokens: bigint, policy: Partial<MarketPolicy>) => ({
    ...{ saleId, tokens, posted: price },
    policy: { ...openMarket, ...policy },
  });
  const refused = (
    tokens: bigint,
    refusal: Partial<Parameters<typeof SaleRefused>[0]> & Pick<Parameters<typeof SaleRefused>[0], 'code'>,
  ) => SaleRefused({ walletId, saleId, tokens, ...refusal });
  const cap = (monthlyCap: bigint) => ({ selling: { allowed: true, monthlyCap } });

  it('is refused while no price is posted before anything else', () =>
    given(opened)
      .when(sellTokens, { ...sell(1n, { selling: { allowed: false } }), posted: undefined }, context)
      .then(refused(1n, { code: 'WALLET.NO_TOKEN_PRICE' })));

  it('is refused where the operator does not buy back, whatever is there', () =>
    given(opened)
      .when(sellTokens, sell(1n, { selling: { allowed: false } }), context)
      .then(refused(1n, { code: 'WALLET.SELLING_OFF' })));

  it('is refused above the month’s cap, before what the wallet lacks', () =>
    given(opened)
      .when(sellTokens, sell(11n, cap(10n)), context)
      .then(refused(11n, { code: 'WALLET.LIMIT_EXCEEDED', limit: 'selling-monthly', available: 10n, required: 11n })));

  it('counts what was sold in the month, and no longer', () => {
    const sold = given(opened, purchased(100n)).when(sellTokens, sell(8n, cap(10n)), context).decided[0] as never;
    const after8 = given(opened, purchased(100n), sold);
    after8
      .when(sellTokens, sell(3n, cap(10n)), endOfJanuary)
      .then(refused(3n, { code: 'WALLET.LIMIT_EXCEEDED', limit: 'selling-monthly', available: 2n, required: 3n }));
    expect(after8.when(sellTokens, sell(10n, cap(10n)), february).decided[0]).toMatchObject({ type: 'TokensSold' });
  });
});

describe('the carrier’s bill', () => {
  const limit = (billMonthlyLimit?: bigint) => ({ ...openMarket, billMonthlyLimit });
  // At 200 minor units per AIT.
  const buy = (ait: bigint, policy: MarketPolicy) =>
    ({ purchaseId, tokens: ait * 1_000_000n, method: 'carrier-bill', posted: price, policy, ...waiting }) as const;
  const refused = (ait: bigint, available: bigint, required: bigint) =>
    PurchaseRefused({
      ...{ walletId, purchaseId, tokens: ait * 1_000_000n, code: 'WALLET.LIMIT_EXCEEDED', limit: 'bill-monthly' },
      ...{ available, required },
    });
  const billed = purchased(300n);

  it('is not charged above its monthly limit, whatever the capacity', () =>
    given(opened, billed)
      .when(purchaseTokens, buy(1n, limit(499n)), limitedTo(0n))
      .then(refused(1n, 199n, 200n)));

  it('is charged up to its limit', () =>
    expect(given(opened, billed).when(purchaseTokens, buy(1n, limit(500n)), context).decided[0]).toMatchObject({
      type: 'TokensPurchased',
    }));

  it('has room again with the month', () =>
    expect(given(opened, billed).when(purchaseTokens, buy(2n, limit(400n)), february).decided[0]).toMatchObject({
      type: 'TokensPurchased',
    }));

  it('has no price before it has a limit', () =>
    given(opened, billed)
      .when(purchaseTokens, { ...buy(1n, limit(0n)), posted: undefined }, context)
      .then(PurchaseRefused({ walletId, purchaseId, tokens: 1_000_000n, code: 'WALLET.NO_TOKEN_PRICE' })));

  it('does not count what is paid elsewhere', () =>
    expect(
      given(opened, billed).when(purchaseTokens, { ...buy(1n, limit(0n)), method: 'payment-provider' }, context)
        .decided[0],
    ).toMatchObject({ type: 'PurchasePending' }));

  it('may have a limit of the wallet’s own, in either direction, until that is taken back', () => {
    const own = (monthlyLimit: bigint | null) => BillLimitSet({ walletId, monthlyLimit });
    given(opened, billed).when(setBillLimit, { monthlyLimit: 1n }, context).then(own(1n));
    given(opened, billed, own(310n))
      .when(purchaseTokens, buy(1n, limit()), context)
      .then(refused(1n, 10n, 200n));
    given(opened, own(0n))
      .when(purchaseTokens, buy(1n, limit(9000n)), context)
      .then(refused(1n, 0n, 200n));
    const more = given(opened, billed, own(9000n)).when(purchaseTokens, buy(1n, limit(0n)), context);
    expect(more.decided[0]).toMatchObject({ type: 'TokensPurchased' });
    const back = given(opened, billed, own(0n), own(null)).when(purchaseTokens, buy(1n, limit()), context);
    expect(back.decided[0]).toMatchObject({ type: 'TokensPurchased' });
  });

  it('keeps one month’s sums, however long the history', () => {
    const months = Array.from({ length: 3 }, (_, month) => ({
      ...billed,
      data: { ...billed.data, day: `2026-0${month + 1}-01` },
    }));
    const state = fold(wallet, [opened, ...months]);
    expect(state).toMatchObject({ monthlyTotals: { month: '2026-03', billed: 300n, sent: 0n, sold: 0n } });
  });
});
