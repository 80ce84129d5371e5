import { describe, expect, it } from '@jest/globals';
import type { MoneyBackKind, WalletStreamEvent } from '@tokengrid/contracts';
import {
  CapacityFreed,
  CapacityUsed,
  PaymentNoticeTaken,
  PurchaseRestored,
  PurchaseReversed,
  TokensSent,
} from '@tokengrid/contracts';
import { onSystemStream } from '@tokengrid/kernel';
import {
  available,
  from,
  limitedTo,
  otherWalletId,
  purchaseId,
  to,
  today,
  transferId,
  walletId,
} from '../examples.fixture.ts';
import {
  completed,
  contradicted,
  credited,
  failed,
  lotOf,
  minor,
  pending,
  pendingOf,
  said,
  settle,
  tokens,
  used,
} from './purchases.fixture.ts';

const taken = (kind: MoneyBackKind, amount: bigint) => PaymentNoticeTaken({ ...said(), kind, paid: minor(amount) });
const debt = `wallet:${walletId}:debt`;
type Kind = Parameters<typeof PurchaseReversed>[0]['kind'];
/** A reversal: `back` µAIT of the purchase's own lot, and `owed` as debt. */
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
/** A transfer of the purchase's tokens. */
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
      expect(() => settle(history, won(500n), limitedTo(tokens - 1n))).toThrow('fact needed: capacity');
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
