import { describe, expect, it } from '@jest/globals';
import type { WalletStreamEvent } from '@tokengrid/contracts';
import {
  CapacityUsed,
  PaymentNoticeIgnored,
  PurchaseCancelled,
  PurchaseExpired,
  WalletClosed,
  WalletReopened,
} from '@tokengrid/contracts';
import { onSystemStream } from '@tokengrid/kernel';
import { context, given, hour, limitedTo, opened, price, purchaseId, walletId } from '../examples.fixture.ts';
import {
  completed,
  contradicted,
  credited,
  dearer,
  failed,
  freed,
  ignored,
  knownAfter,
  later,
  minute,
  notice,
  pending,
  said,
  settle,
  tokens,
  used,
} from './purchases.fixture.ts';
import { settlePurchase } from './settle-purchase.ts';

describe('settle purchase', () => {
  it('issues what was paid for, out of what was reserved', () =>
    settle([pending], {}, limitedTo(0n)).then(completed, used()));

  it('frees what was reserved where the payment failed', () => {
    const failure = { kind: 'failed', reason: 'declined' } as const;
    settle([pending], failure).then(failed, freed(false));
    settle([pending], failure, limitedTo(0n)).then(failed, freed(true));
  });

  it.each([
    ['less', { currency: 'CNY', amount: 499n }],
    ['more', { currency: 'CNY', amount: 501n }],
    ['another currency', { currency: 'EUR', amount: 500n }],
  ])(
    'credits nothing where %s was paid than is due, and says so to the operator; the purchase still waits',
    (_, paid) => {
      const mismatch = contradicted('WALLET.PAYMENT_MISMATCH', { paid });
      settle([pending], { paid }).then(mismatch);
      settle([pending], { paid, kind: 'failed' }).then(
        contradicted('WALLET.PAYMENT_MISMATCH', { paid, kind: 'failed' }),
      );
      settle([pending, mismatch]).then(completed, used());
    },
  );

  it.each(['succeeded', 'failed', 'refunded', 'disputed', 'dispute_won'] as const)(
    'shows the operator that a purchase on the bill was %s at the provider, and changes nothing',
    (kind) => {
      const { asOf, purchase } = knownAfter([pending, completed], purchaseId);
      const known = { asOf, purchase: { ...purchase, isOnBill: true } };
      settle([pending, completed], { kind, known }).then(contradicted('WALLET.PAYMENT_CONTRADICTED', { kind }));
    },
  );

  it('credits once, however many notices come', () => {
    settle([pending, completed]).then(ignored());
    const { paymentId: _, ...unnamed } = said();
    settle([pending, completed], { paymentId: undefined }).then(
      PaymentNoticeIgnored({ ...unnamed, code: 'WALLET.PURCHASE_RESOLVED' }),
    );
  });

  it('shows the operator a second payment for one purchase', () =>
    settle([pending, completed], { paymentId: 'pay_2' }).then(
      contradicted('WALLET.PAYMENT_CONTRADICTED', { paymentId: 'pay_2' }),
    ));

  it('shows the operator a failure that came after the money, and takes nothing back', () =>
    settle([pending, completed], { kind: 'failed' }).then(
      contradicted('WALLET.PAYMENT_CONTRADICTED', { kind: 'failed' }),
    ));

  describe('within the time for which its price holds', () => {
    const half = { tokens: tokens / 2n, priceVersion: 4, ordered: { tokens, priceVersion: 3 } };
    const at = (ms: number) => settle([pending], { posted: dearer }, later(ms));

    it('credits what was ordered', () => at(minute - 1).then(completed, used()));

    it('credits from then on what the money buys at the price in force, and says both', () =>
      at(minute).then(credited(tokens / 2n, half), used(tokens / 2n), freed(false, tokens / 2n)));

    it('credits never more than was ordered', () =>
      settle([pending], { posted: { ...price, priceVersion: 4, buy: 1n } }, later(minute)).then(
        credited(tokens, { priceVersion: 4, ordered: { tokens, priceVersion: 3 } }),
        used(),
      ));

    it('credits what was ordered where tokens cost nothing any more', () =>
      settle([pending], { posted: { ...price, priceVersion: 4, buy: 0n } }, later(minute)).then(
        credited(tokens, { priceVersion: 4, ordered: { tokens, priceVersion: 3 } }),
        used(),
      ));

    it('rounds down', () => {
      const posted = { ...price, priceVersion: 4, buy: 333n };
      expect(settle([pending], { posted }, later(minute)).decided[0]).toMatchObject({ data: { tokens: 1_501_501n } });
    });

    it('shows the operator money that buys nothing', () => {
      const posted = { ...price, priceVersion: 4, buy: 10n ** 12n };
      settle([pending], { posted }, later(minute)).then(contradicted('WALLET.NOTHING_BOUGHT'));
      settle([pending], { posted: undefined }, later(minute)).then(contradicted('WALLET.NOTHING_BOUGHT'));
    });
  });

  describe('credits money that comes', () => {
    const none = { walletId, purchaseId, tokens };
    const ends: readonly [string, WalletStreamEvent][] = [
      ['failed', failed],
      ['expired', PurchaseExpired(none)],
      ['was cancelled', PurchaseCancelled(none)],
    ];
    const issued = onSystemStream(CapacityUsed({ walletId, tokens: tokens / 2n }));
    const half = { tokens: tokens / 2n, priceVersion: 4, ordered: { tokens, priceVersion: 3 } };

    it.each(ends)('after it %s, at the price in force', (_, end) => {
      settle([pending, end], { posted: dearer }).then(credited(tokens / 2n, half), issued);
      settle([pending, end], { kind: 'failed' }).then(ignored({ kind: 'failed' }));
    });

    it('in the very decision in which it expires', () =>
      settle([pending], { posted: dearer }, later(hour)).then(
        PurchaseExpired(none),
        freed(false),
        credited(tokens / 2n, half),
        issued,
      ));

    it('to a wallet that was closed meanwhile, and opens it', () =>
      settle([pending, failed, WalletClosed({ walletId, status: 'closed' })], { posted: dearer }).then(
        WalletReopened({ walletId, status: 'open' }),
        credited(tokens / 2n, half),
        issued,
      ));

    it('only as far as the capacity goes; else the operator has to look', () => {
      const lacking = limitedTo(tokens / 2n - 1n);
      expect(() => settle([pending, failed], { posted: dearer }, lacking)).toThrow('fact needed: capacity');
      settle([pending, failed], { posted: dearer, capacityLeft: 0n }, lacking).then(
        contradicted('WALLET.ISSUANCE_EXHAUSTED'),
      );
    });
  });

  it('does not decide on what was known before the purchase changed', () => {
    const known = knownAfter([pending], purchaseId);
    const outdated = (...history: WalletStreamEvent[]) =>
      expect(() => given(opened, pending, ...history).when(settlePurchase, { ...notice(), known }, context));
    outdated(completed).toThrow('fact needed: purchase');
    outdated(failed).toThrow('fact needed: purchase');
  });

  it('decides on what it remembers itself of one that waits, whatever was known', () => {
    const known = knownAfter([pending, failed], purchaseId);
    given(opened, pending)
      .when(settlePurchase, { ...notice(), known }, context)
      .then(completed, used());
  });
});
