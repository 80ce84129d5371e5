import { describe, expect, it } from '@jest/globals';
import {
  CapacityFreed,
  CapacityUsed,
  PaymentNoticeIgnored,
  PaymentRequested,
  PurchaseFailed,
  PurchasePending,
  PurchaseRefused,
  TokensPurchased,
} from '@tokengrid/contracts';
import { onSystemStream } from '@tokengrid/kernel';
import {
  available,
  context,
  from,
  given,
  hour,
  limitedTo,
  now,
  opened,
  price,
  purchaseId,
  to,
  today,
  walletId,
} from './examples.fixture.ts';
import { openMarket } from './market-policy.ts';
import { mostPendingPurchases } from './pending-purchases.ts';
import { purchaseTokens } from './purchase-tokens.ts';
import { PurchaseNotPending, recordPaymentRequest } from './record-payment-request.ts';
import type { SettlePurchase } from './settle-purchase.ts';
import { settlePurchase, StandingOutdated } from './settle-purchase.ts';

const tokens = 2_500_000n;
const cost = { currency: 'CNY', amount: 500n };
const pendingOf = (id: string) =>
  PurchasePending({
    ...{ walletId, purchaseId: id, tokens, method: 'payment-provider', price: cost, priceVersion: 3 },
    status: 'pending',
  });
const pending = pendingOf(purchaseId);
const used = onSystemStream(CapacityUsed({ walletId, tokens }));
const freed = (returned: boolean) => onSystemStream(CapacityFreed({ walletId, tokens, returned }));

describe('a purchase through a payment provider', () => {
  const buy = { purchaseId, tokens, method: 'payment-provider', posted: price, policy: openMarket } as const;
  const others = Array.from({ length: mostPendingPurchases }, (_, number) =>
    pendingOf(`pur_${String(number).padStart(26, '0')}`),
  );
  const refused = (code: string, over: object = {}) => PurchaseRefused({ walletId, purchaseId, tokens, code, ...over });

  it('waits until it is paid; what it would issue is reserved', () =>
    given(opened).when(purchaseTokens, buy, limitedTo(tokens)).then(pending, used));

  it('has a price before it is one too many', () =>
    given(opened, ...others)
      .when(purchaseTokens, { ...buy, posted: undefined }, context)
      .then(refused('WALLET.NO_TOKEN_PRICE')));

  it('is refused where too many wait already, whatever the capacity', () =>
    given(opened, ...others)
      .when(purchaseTokens, { ...buy, capacityLeft: 0n }, limitedTo(0n))
      .then(refused('WALLET.TOO_MANY_PURCHASES')));

  it('is refused where the capacity does not cover it', () =>
    given(opened)
      .when(purchaseTokens, { ...buy, capacityLeft: 0n }, limitedTo(tokens - 1n))
      .then(refused('WALLET.ISSUANCE_EXHAUSTED', { available: tokens - 1n, required: tokens })));

  it('does not wait where there is nothing to pay', () =>
    expect(
      given(opened).when(purchaseTokens, { ...buy, posted: { ...price, buy: 0n } }, context).decided[0],
    ).toMatchObject({
      type: 'TokensPurchased',
      data: { method: 'payment-provider', price: { amount: 0n } },
    }));
});

describe('settle purchase', () => {
  const notice = (over: Partial<SettlePurchase> = {}): SettlePurchase => ({
    ...{ purchaseId, noticeId: 'msg_1', paymentId: 'pay_1', outcome: 'succeeded', paid: cost, known: 'pending' },
    ...over,
  });
  const ignored = (
    code: 'WALLET.PAYMENT_MISMATCH' | 'WALLET.PURCHASE_RESOLVED' | 'WALLET.PAYMENT_CONTRADICTED',
    over: object = {},
  ) =>
    PaymentNoticeIgnored({
      ...{ walletId, purchaseId, noticeId: 'msg_1', outcome: 'succeeded', paid: cost, code },
      ...over,
    });
  const completed = TokensPurchased({
    ...{ walletId, purchaseId, tokens, method: 'payment-provider', price: cost, priceVersion: 3 },
    ...{ paymentId: 'pay_1', day: today, timeZone: 'UTC', status: 'completed' },
    lot: { lotId: purchaseId, source: 'purchase', tokens, priority: 50, expiresAt: null, transferable: true },
    postings: [
      from('lane:0:issuance', tokens),
      to(available, tokens),
      from('lane:0:sales', 500n, 'CNY'),
      to('lane:0:payments', 500n, 'CNY'),
    ],
  });
  const failed = PurchaseFailed({ walletId, purchaseId, tokens, code: 'PAYMENT_FAILED', reason: 'declined' });

  it('issues what was paid for, out of what was reserved', () =>
    given(opened, pending).when(settlePurchase, notice(), limitedTo(0n)).then(completed));

  it('frees what was reserved where the payment failed', () => {
    const failure = notice({ outcome: 'failed', reason: 'declined' });
    given(opened, pending).when(settlePurchase, failure, context).then(failed, freed(false));
    given(opened, pending).when(settlePurchase, failure, limitedTo(0n)).then(failed, freed(true));
  });

  it.each([
    ['less', { currency: 'CNY', amount: 499n }],
    ['more', { currency: 'CNY', amount: 501n }],
    ['another currency', { currency: 'EUR', amount: 500n }],
  ])('changes nothing where %s was paid than is due; the purchase still waits', (_, paid) => {
    const mismatch = ignored('WALLET.PAYMENT_MISMATCH', { paid });
    given(opened, pending).when(settlePurchase, notice({ paid }), context).then(mismatch);
    given(opened, pending)
      .when(settlePurchase, notice({ paid, outcome: 'failed' }), context)
      .then(ignored('WALLET.PAYMENT_MISMATCH', { paid, outcome: 'failed' }));
    given(opened, pending, mismatch).when(settlePurchase, notice(), context).then(completed);
  });

  it('credits once, however many notices come', () =>
    given(opened, pending, completed)
      .when(settlePurchase, notice({ known: 'completed' }), context)
      .then(ignored('WALLET.PURCHASE_RESOLVED')));

  it('remembers money that came for a purchase that had failed, and issues nothing', () =>
    given(opened, pending, failed)
      .when(settlePurchase, notice({ known: 'failed' }), context)
      .then(ignored('WALLET.PAYMENT_CONTRADICTED')));

  it('remembers a failure that came after the money, and takes nothing back', () =>
    given(opened, pending, completed)
      .when(settlePurchase, notice({ known: 'completed', outcome: 'failed' }), context)
      .then(ignored('WALLET.PAYMENT_CONTRADICTED', { outcome: 'failed' })));

  it('does not decide on what was known before the purchase was resolved', () =>
    expect(() => given(opened, pending, completed).when(settlePurchase, notice(), context)).toThrow(StandingOutdated));
});

describe('record payment request', () => {
  const taken = { taken: true, paymentId: 'pay_1', paymentUrl: 'https://pay.example.com/1' } as const;

  it('keeps where the party pays, before and after it did', () => {
    const { taken: _, ...rest } = taken;
    const requested = PaymentRequested({ walletId, purchaseId, ...rest });
    for (const history of [[opened, pending], [opened]]) {
      given(...history)
        .when(recordPaymentRequest, { purchaseId, answer: taken }, context)
        .then(requested);
    }
    given(opened, pending)
      .when(
        recordPaymentRequest,
        { purchaseId, answer: { taken: true, paymentId: 'pay_1' } },
        { ...context, time: now + hour },
      )
      .then(PaymentRequested({ walletId, purchaseId, paymentId: 'pay_1' }));
  });

  it('fails the purchase that the provider will not take', () =>
    given(opened, pending)
      .when(recordPaymentRequest, { purchaseId, answer: { taken: false, reason: 'amount too small' } }, context)
      .then(
        PurchaseFailed({ walletId, purchaseId, tokens, code: 'PAYMENT_REFUSED', reason: 'amount too small' }),
        freed(false),
      ));

  it('has nothing to say where the purchase is resolved', () =>
    expect(() =>
      given(opened).when(recordPaymentRequest, { purchaseId, answer: { taken: false, reason: 'no' } }, context),
    ).toThrow(PurchaseNotPending));
});
