import { describe, expect, it } from '@jest/globals';
import type { MoneyBackKind, WalletStreamEvent } from '@tokengrid/contracts';
import {
  CapacityFreed,
  CapacityReserved,
  CapacityUsed,
  instantOf,
  PaymentContradicted,
  PaymentNoticeIgnored,
  PaymentNoticeTaken,
  PaymentRequested,
  PurchaseCancellationRefused,
  PurchaseCancelled,
  PurchaseExpired,
  PurchaseFailed,
  PurchasePending,
  PurchaseRefused,
  PurchaseRestored,
  PurchaseReversed,
  TokensPurchased,
  TokensSent,
  WalletClosed,
  WalletReopened,
} from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { onSystemStream } from '@tokengrid/kernel';
import { cancelPurchase } from './cancel-purchase.ts';
import {
  available,
  context,
  from,
  given,
  hour,
  limitedTo,
  now,
  opened,
  otherWalletId,
  price,
  purchaseId,
  to,
  today,
  transferId,
  waiting,
  walletId,
} from './examples.fixture.ts';
import { SliceTooSmall } from './issuance.ts';
import { openMarket } from './market-policy.ts';
import { mostPendingPurchases } from './pending-purchases.ts';
import { StandingOutdated } from './purchase-record.ts';
import { purchaseTokens } from './purchase-tokens.ts';
import { knownAfter } from './purchases.fixture.ts';
import { PurchaseNotPending, recordPaymentRequest } from './record-payment-request.ts';
import type { SettlePurchase } from './settle-purchase.ts';
import { settlePurchase } from './settle-purchase.ts';
import type { WalletLane } from './wallet-lane.ts';

const tokens = 2_500_000n;
const cost = { currency: 'CNY', amount: 500n };
const minute = 60_000;
const pendingOf = (id: string, terms: object = {}) =>
  PurchasePending({
    ...{ walletId, purchaseId: id, tokens, method: 'payment-provider', price: cost, priceVersion: 3 },
    ...{ day: today, timeZone: 'UTC' },
    ...{ priceHoldsUntil: instantOf(now + minute), expiresAt: instantOf(now + 15 * minute), status: 'pending' },
    ...terms,
  });
const pending = pendingOf(purchaseId);
const freed = (returned: boolean, amount = tokens) =>
  onSystemStream(CapacityFreed({ walletId, tokens: amount, returned, reserved: true }));
const used = (amount = tokens) => onSystemStream(CapacityUsed({ walletId, tokens: amount, reserved: true }));
const later = (ms: number, of: DecisionContext<WalletLane> = context) => ({ ...of, time: now + ms });

describe('a purchase through a payment provider', () => {
  const buy = {
    ...({ purchaseId, tokens, method: 'payment-provider', posted: price, policy: openMarket } as const),
    ...waiting,
  };
  const others = Array.from({ length: mostPendingPurchases }, (_, number) =>
    pendingOf(`pur_${String(number).padStart(26, '0')}`),
  );
  const refused = (code: string, over: object = {}) => PurchaseRefused({ walletId, purchaseId, tokens, code, ...over });
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
      ['failed', PurchaseFailed({ ...ended, code: 'PAYMENT_FAILED' })],
      ['expired', PurchaseExpired(ended)],
      ['was cancelled', PurchaseCancelled(ended)],
    ])('until it %s', (_, end) => {
      given(opened, other, end).when(purchaseTokens, asked, context).then(pending, reserved);
    });

    it('and in no other one', () => {
      const before = pendingOf(other.data.purchaseId, { day: '2025-12-31' });
      given(opened, before).when(purchaseTokens, asked, context).then(pending, reserved);
      // What was counted in the month before is not given back in this one.
      given(opened, before, others[1]!, PurchaseExpired(ended))
        .when(purchaseTokens, asked, context)
        .then(exceeded(499n));
    });
  });

  describe('reserves no more than its share of what is free', () => {
    /** What is free in the lane, and what it has reserved of it. */
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
      expect(asked).toThrow(new SliceTooSmall(0, 6n * tokens).message);
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

const notice = (over: Partial<SettlePurchase> = {}) => ({
  ...({ purchaseId, noticeId: 'msg_1', paymentId: 'pay_1', kind: 'succeeded', paid: cost, posted: price } as const),
  ...over,
});
/** What is decided on a notice by somebody who knows all that happened before. */
const settle = (
  history: readonly WalletStreamEvent[],
  over: Partial<SettlePurchase> = {},
  at: DecisionContext<WalletLane> = context,
) => given(opened, ...history).when(settlePurchase, { ...notice(over), known: knownAfter(history, purchaseId) }, at);

const said = (over: object = {}) => {
  const { posted: _, ...fields } = notice();
  return { walletId, ...fields, ...over };
};
const ignored = (over: object = {}) => PaymentNoticeIgnored({ ...said(over), code: 'WALLET.PURCHASE_RESOLVED' });
type Code = Parameters<typeof PaymentContradicted>[0]['code'];
const contradicted = (code: Code, over: object = {}) => PaymentContradicted({ ...said(over), code });
const lotOf = (amount: bigint) => ({
  ...{ lotId: purchaseId, source: 'purchase', tokens: amount, priority: 50, expiresAt: null, transferable: true },
});
const credited = (amount = tokens, over: object = {}) =>
  TokensPurchased({
    ...{ walletId, purchaseId, tokens: amount, method: 'payment-provider', price: cost, priceVersion: 3 },
    ...{ paymentId: 'pay_1', day: today, timeZone: 'UTC', status: 'completed', lot: lotOf(amount) as never },
    postings: [
      from('lane:0:issuance', amount),
      to(available, amount),
      from('lane:0:sales', 500n, 'CNY'),
      to('lane:0:payments', 500n, 'CNY'),
    ],
    ...over,
  });
const completed = credited();
const failed = PurchaseFailed({ walletId, purchaseId, tokens, code: 'PAYMENT_FAILED', reason: 'declined' });
const dearer = { ...price, priceVersion: 4, buy: 400n };

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
      expect(() => settle([pending, failed], { posted: dearer }, lacking)).toThrow(SliceTooSmall);
      settle([pending, failed], { posted: dearer, capacityLeft: 0n }, lacking).then(
        contradicted('WALLET.ISSUANCE_EXHAUSTED'),
      );
    });
  });

  it('does not decide on what was known before the purchase changed', () => {
    const known = knownAfter([pending], purchaseId);
    const outdated = (...history: WalletStreamEvent[]) =>
      expect(() => given(opened, pending, ...history).when(settlePurchase, { ...notice(), known }, context));
    outdated(completed).toThrow(StandingOutdated);
    outdated(failed).toThrow(StandingOutdated);
  });

  it('decides on what it remembers itself of one that waits, whatever was known', () => {
    const known = knownAfter([pending, failed], purchaseId);
    given(opened, pending)
      .when(settlePurchase, { ...notice(), known }, context)
      .then(completed, used());
  });
});

/** All of the money, or a part. */
const minor = (amount: bigint) => ({ currency: 'CNY', amount });
const taken = (kind: MoneyBackKind, amount: bigint) => PaymentNoticeTaken({ ...said(), kind, paid: minor(amount) });
const debt = `wallet:${walletId}:debt`;
type Kind = Parameters<typeof PurchaseReversed>[0]['kind'];
/** Tokens taken back of the purchase's own lot, and those owed. */
const reversed = (kind: Kind, amount: bigint, back: bigint, owed = 0n) => [
  PurchaseReversed({
    ...{ walletId, purchaseId, kind, price: minor(amount), tokens: back + owed, debt: owed },
    lots: back === 0n ? [] : [{ lotId: purchaseId, tokens: back }],
    postings: [
      ...(back === 0n ? [] : [from(available, back), to('lane:0:issuance', back)]),
      ...(owed === 0n ? [] : [from(debt, owed), to('lane:0:debts', owed)]),
      from('lane:0:payments', amount, 'CNY'),
      to('lane:0:sales', amount, 'CNY'),
    ],
  }),
  ...(back === 0n ? [] : [onSystemStream(CapacityFreed({ walletId, tokens: back, returned: false }))]),
];
const own = (decided: readonly object[]) => decided.filter((event) => 'type' in event) as WalletStreamEvent[];
/** Tokens of the purchase that were sent on. */
const sent = (amount: bigint) =>
  TokensSent({
    ...{ walletId, transferId, toWalletId: otherWalletId, tokens: amount, day: today, timeZone: 'UTC' },
    lots: [{ lotId: purchaseId, tokens: amount }],
    parcels: [{ tokens: amount, expiresAt: null }],
    postings: [from(available, amount), to('lane:0:in-transit', amount)],
  });

describe('money that goes back', () => {
  const refund = (amount: bigint) => ({ kind: 'refunded', paid: minor(amount) }) as const;
  const dispute = (amount: bigint) => ({ kind: 'disputed', paid: minor(amount) }) as const;
  const won = (amount: bigint) => ({ kind: 'dispute_won', paid: minor(amount) }) as const;
  const paid = [pending, completed];

  it('takes the tokens back that it had bought', () => {
    settle(paid, refund(500n)).then(taken('refunded', 500n), ...reversed('refund', 500n, tokens));
    settle(paid, dispute(500n)).then(taken('disputed', 500n), ...reversed('chargeback', 500n, tokens));
  });

  it('takes back for a part what that part had bought, rounded up; all parts together take all, never more', () => {
    const odd = [pendingOf(purchaseId, { tokens: 100n, price: minor(3n) }), credited(100n, { price: minor(3n) })];
    const first = settle(odd, refund(1n));
    first.then(taken('refunded', 1n), ...reversed('refund', 1n, 34n));
    const second = settle([...odd, ...own(first.decided)], refund(1n));
    second.then(taken('refunded', 1n), ...reversed('refund', 1n, 33n));
    settle([...odd, ...own(first.decided), ...own(second.decided)], refund(1n)).then(
      taken('refunded', 1n),
      ...reversed('refund', 1n, 33n),
    );
  });

  it('takes no more back than was paid, and shows the operator what is beyond', () => {
    const tooMuch = contradicted('WALLET.PAYMENT_MISMATCH', refund(501n));
    const first = settle(paid, refund(501n));
    first.then(taken('refunded', 500n), ...reversed('refund', 500n, tokens), tooMuch);
    settle([...paid, ...own(first.decided)], refund(501n)).then(tooMuch);
  });

  it('is owed where the tokens are gone', () => {
    settle([...paid, sent(tokens)], dispute(500n)).then(
      taken('disputed', 500n),
      ...reversed('chargeback', 500n, 0n, tokens),
    );
    settle([...paid, sent(tokens - 1n)], dispute(500n)).then(
      taken('disputed', 500n),
      ...reversed('chargeback', 500n, 1n, tokens - 1n),
    );
  });

  it('does not take anything for another payment than the one that paid', () =>
    settle(paid, { ...refund(500n), paymentId: 'pay_2' }).then(
      contradicted('WALLET.PAYMENT_CONTRADICTED', { ...refund(500n), paymentId: 'pay_2' }),
    ));

  it('is kept where it comes before the money, and applied when that comes', () => {
    const early = settle([pending], refund(200n));
    early.then(taken('refunded', 200n));
    settle([pending, ...own(early.decided)]).then(completed, used(), ...reversed('refund', 200n, 1_000_000n));
    const both = [pending, taken('refunded', 200n), taken('disputed', 500n)];
    settle(both).then(
      completed,
      used(),
      ...reversed('refund', 200n, 1_000_000n),
      ...reversed('chargeback', 300n, 1_500_000n),
    );
    settle([pending, taken('refunded', 200n), failed], {}).then(
      credited(tokens, { ordered: { tokens, priceVersion: 3 } }),
      onSystemStream(CapacityUsed({ walletId, tokens })),
      ...reversed('refund', 200n, 1_000_000n),
    );
  });

  it('counts once where a refund and a chargeback are about the same money', () => {
    const refunded = settle(paid, refund(300n));
    const disputed = settle([...paid, ...own(refunded.decided)], dispute(500n));
    disputed.then(taken('disputed', 500n), ...reversed('chargeback', 200n, 1_000_000n));
  });

  describe('and stays after all', () => {
    const disputed = own(settle(paid, dispute(500n)).decided);
    const restored = (amount: bigint, issued: bigint, owed = 0n) =>
      PurchaseRestored({
        ...{ walletId, purchaseId, price: minor(amount), tokens: issued + owed, debt: owed },
        lot: issued === 0n ? null : (lotOf(issued) as never),
        postings: [
          ...(issued === 0n ? [] : [from('lane:0:issuance', issued), to(available, issued)]),
          ...(owed === 0n ? [] : [from('lane:0:debts', owed), to(debt, owed)]),
          from('lane:0:sales', amount, 'CNY'),
          to('lane:0:payments', amount, 'CNY'),
        ],
      });
    const issued = (amount: bigint) => onSystemStream(CapacityUsed({ walletId, tokens: amount }));

    it('gives the tokens back', () =>
      settle([...paid, ...disputed], won(500n)).then(
        taken('dispute_won', 500n),
        restored(500n, tokens),
        issued(tokens),
      ));

    it('gives back for a part what that part takes back', () =>
      settle([...paid, ...disputed], won(200n)).then(
        taken('dispute_won', 200n),
        restored(200n, 1_000_000n),
        issued(1_000_000n),
      ));

    it('pays what is owed first', () => {
      const gone = [...paid, sent(tokens)];
      const owing = [...gone, ...own(settle(gone, dispute(500n)).decided)];
      settle(owing, won(500n), limitedTo(0n)).then(taken('dispute_won', 500n), restored(500n, 0n, tokens));
    });

    it('waits for the operator where the capacity is gone', () => {
      const history = [...paid, ...disputed];
      expect(() => settle(history, won(500n), limitedTo(tokens - 1n))).toThrow(SliceTooSmall);
      settle(history, { ...won(500n), capacityLeft: 0n }, limitedTo(tokens - 1n)).then(
        contradicted('WALLET.ISSUANCE_EXHAUSTED', won(500n)),
      );
    });

    it('is kept where it comes before the dispute', () => {
      const early = settle(paid, won(500n));
      early.then(taken('dispute_won', 500n));
      settle([...paid, ...own(early.decided)], dispute(500n)).then(taken('disputed', 500n));
    });
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
        PurchaseFailed({ walletId, purchaseId, tokens, code: 'PAYMENT_REFUSED', reason: 'amount too small' }),
        freed(false),
      ));

  it('has nothing to say where the purchase is resolved', () =>
    expect(() =>
      given(opened).when(recordPaymentRequest, { purchaseId, answer: { taken: false, reason: 'no' } }, context),
    ).toThrow(PurchaseNotPending));
});
