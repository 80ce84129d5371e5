import { describe, expect, it } from '@jest/globals';
import type { WalletStreamEvent } from '@tokengrid/contracts';
import {
  CapacityReserved,
  PaymentRequested,
  PurchaseCancellationRefused,
  PurchaseCancelled,
  PurchaseExpired,
  PurchaseFailed,
  PurchaseRefused,
} from '@tokengrid/contracts';
import { onSystemStream } from '@tokengrid/kernel';
import { cancelPurchase } from './cancel-purchase.ts';
import { context, given, limitedTo, now, opened, price, purchaseId, waiting, walletId } from '../examples.fixture.ts';
import { openMarket } from '../state/market-policies.ts';
import { mostPendingPurchases } from '../state/pending-purchases.ts';
import { purchaseTokens } from './purchase-tokens.ts';
import { freed, later, minute, pending, pendingOf, tokens } from './purchases.fixture.ts';
import { PurchaseNotPending, recordPaymentRequest } from './record-payment-request.ts';
import { FactNeeded } from '../state/facts.ts';

describe('a purchase through a payment provider', () => {
  const buy = {
    ...({ purchaseId, tokens, method: 'payment-provider', posted: price, policy: openMarket } as const),
    ...waiting,
  };
  const others = Array.from({ length: mostPendingPurchases }, (_, number) =>
    pendingOf(`pur_${String(number).padStart(26, '0')}`),
  );
  const refused = (code: Parameters<typeof PurchaseRefused>[0]['code'], over: object = {}) =>
    PurchaseRefused({ walletId, purchaseId, tokens, code, ...over });
  const reserved = onSystemStream(CapacityReserved({ walletId, tokens }));

  it('waits until it is paid; what it would issue is reserved', () =>
    given(opened)
      .when(purchaseTokens, buy, limitedTo(4n * tokens))
      .then(pending, reserved));

  it('has a price before it is one too many', () =>
    given(opened, ...others)
      .when(purchaseTokens, { ...buy, posted: undefined }, context)
      .then(refused('WALLET.NO_TOKEN_PRICE')));

  it('is refused where too many wait already, whatever the capacity', () =>
    given(opened, ...others)
      .when(purchaseTokens, { ...buy, capacityLeft: 0n }, limitedTo(0n))
      .then(refused('WALLET.TOO_MANY_PURCHASES')));

  it('does not wait where there is nothing to pay', () =>
    expect(
      given(opened).when(purchaseTokens, { ...buy, posted: { ...price, buy: 0n } }, context).decided[0],
    ).toMatchObject({
      type: 'TokensPurchased',
      data: { method: 'payment-provider', price: { amount: 0n } },
    }));

  describe('counts in its month', () => {
    const asked = { ...buy, policy: { ...openMarket, providerMonthly: 999n } };
    const exceeded = (left: bigint) =>
      refused('WALLET.LIMIT_EXCEEDED', { limit: 'provider-monthly', available: left, required: 500n });
    const other = others[0]!;
    const ended = { walletId, purchaseId: other.data.purchaseId, tokens };

    it('before it is paid, and that comes before the number of those that wait', () => {
      given(opened, other).when(purchaseTokens, asked, context).then(exceeded(499n));
      given(opened, ...others)
        .when(purchaseTokens, asked, context)
        .then(exceeded(0n));
    });

    it.each<[string, WalletStreamEvent]>([
      ['failed', PurchaseFailed({ ...ended, code: 'WALLET.PAYMENT_FAILED' })],
      ['expired', PurchaseExpired(ended)],
      ['was cancelled', PurchaseCancelled(ended)],
    ])('until it %s', (_, end) => {
      given(opened, other, end).when(purchaseTokens, asked, context).then(pending, reserved);
    });

    it('and in no other one', () => {
      const before = pendingOf(other.data.purchaseId, { day: '2025-12-31' });
      given(opened, before).when(purchaseTokens, asked, context).then(pending, reserved);
      // Amounts of the month before do not come off this month's total.
      given(opened, before, others[1]!, PurchaseExpired(ended))
        .when(purchaseTokens, asked, context)
        .then(exceeded(499n));
    });
  });

  describe('reserves no more than its share of what is free', () => {
    /** A lane with `room` left and `reservedBefore` reserved, in µAIT. */
    const lane = (room: bigint, reservedBefore: bigint) => {
      const limited = limitedTo(room);
      return { ...limited, system: { ...limited.system, reserved: reservedBefore } };
    };
    const exhausted = (left: bigint) => refused('WALLET.ISSUANCE_EXHAUSTED', { available: left, required: tokens });
    const inVain = { ...buy, capacityLeft: 0n };

    it.each([
      [4n * tokens, 0n],
      [7n * tokens, tokens],
    ])('with %s free and %s reserved, to the µAIT', (room, before) => {
      given(opened).when(purchaseTokens, inVain, lane(room, before)).then(pending, reserved);
      given(opened)
        .when(purchaseTokens, inVain, lane(room - 1n, before))
        .then(exhausted(tokens - 1n));
    });

    it('counts what others than this party wait for', () =>
      given(opened)
        .when(purchaseTokens, inVain, lane(3n * tokens, tokens))
        .then(exhausted(0n)));

    it('asks for more first', () => {
      const asked = () => given(opened).when(purchaseTokens, buy, lane(tokens, tokens));
      expect(asked).toThrow(new FactNeeded('capacity', { lane: 0, lacking: 6n * tokens }));
    });

    it('has none where the share is nothing', () =>
      given(opened)
        .when(purchaseTokens, { ...buy, pendingCapacityBps: 0 }, limitedTo(100n * tokens))
        .then(exhausted(0n)));

    it('does not bind what is billed', () => {
      const billed = given(opened).when(purchaseTokens, { ...buy, method: 'carrier-bill' }, lane(tokens, tokens));
      expect(billed.decided[0]).toMatchObject({ type: 'TokensPurchased' });
    });
  });

  it('expires when it was not paid in time, and what it had reserved is free', () => {
    const asked = { ...buy, method: 'carrier-bill', posted: undefined } as const;
    const at = (ms: number) => given(opened, pending).when(purchaseTokens, asked, later(ms));
    at(15 * minute - 1).then(refused('WALLET.NO_TOKEN_PRICE'));
    at(15 * minute).then(
      PurchaseExpired({ walletId, purchaseId, tokens }),
      freed(false),
      refused('WALLET.NO_TOKEN_PRICE'),
    );
  });

  it('is given up by its owner, once, and only while it waits', () => {
    const cancelled = PurchaseCancelled({ walletId, purchaseId, tokens });
    const resolved = PurchaseCancellationRefused({ walletId, purchaseId, code: 'WALLET.PURCHASE_RESOLVED' });
    given(opened, pending).when(cancelPurchase, { purchaseId }, limitedTo(0n)).then(cancelled, freed(true));
    given(opened, pending, cancelled).when(cancelPurchase, { purchaseId }, context).then(resolved);
  });
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
        { ...context, time: now + minute },
      )
      .then(PaymentRequested({ walletId, purchaseId, paymentId: 'pay_1' }));
  });

  it('fails the purchase that the provider will not take', () =>
    given(opened, pending)
      .when(recordPaymentRequest, { purchaseId, answer: { taken: false, reason: 'amount too small' } }, context)
      .then(
        PurchaseFailed({ walletId, purchaseId, tokens, code: 'WALLET.PAYMENT_REFUSED', reason: 'amount too small' }),
        freed(false),
      ));

  it('has nothing to say where the purchase is resolved', () =>
    expect(() =>
      given(opened).when(recordPaymentRequest, { purchaseId, answer: { taken: false, reason: 'no' } }, context),
    ).toThrow(PurchaseNotPending));
});
