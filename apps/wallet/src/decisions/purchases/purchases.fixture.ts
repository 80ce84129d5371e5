/**
 * Purchases through the payment provider with their notices, for the specs beside the decisions.
 */
import type { WalletEvent, WalletStreamEvent } from '@tokengrid/contracts';
import {
  CapacityFreed,
  CapacityUsed,
  PaymentContradicted,
  PaymentNoticeIgnored,
  PurchaseFailed,
  PurchasePending,
  TokensPurchased,
  instantOf,
} from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { onSystemStream } from '@tokengrid/kernel';
import {
  available,
  context,
  from,
  given,
  now,
  opened,
  price,
  purchaseId,
  to,
  today,
  walletId,
} from '../examples.fixture.ts';
import { noTallies, tallied } from '../state/purchase-money.ts';
import type { KnownPurchase, PurchaseRecord } from '../state/purchase-record.ts';
import type { SettlePurchase } from './settle-purchase.ts';
import { settlePurchase } from './settle-purchase.ts';
import type { WalletLane } from '../state/wallet-lane.ts';

export const tokens = 2_500_000n;
export const cost = { currency: 'CNY', amount: 500n };
export const minute = 60_000;
export const pendingOf = (id: string, terms: object = {}) =>
  PurchasePending({
    ...{ walletId, purchaseId: id, tokens, method: 'payment-provider', price: cost, priceVersion: 3 },
    ...{ day: today, timeZone: 'UTC' },
    ...{ priceHoldsUntil: instantOf(now + minute), expiresAt: instantOf(now + 15 * minute), status: 'pending' },
    ...terms,
  });
export const pending = pendingOf(purchaseId);
export const freed = (returned: boolean, amount = tokens) =>
  onSystemStream(CapacityFreed({ walletId, tokens: amount, returned, reserved: true }));
export const used = (amount = tokens) => onSystemStream(CapacityUsed({ walletId, tokens: amount, reserved: true }));
export const later = (ms: number, of: DecisionContext<WalletLane> = context) => ({ ...of, time: now + ms });

export const notice = (over: Partial<SettlePurchase> = {}) => ({
  ...({ purchaseId, noticeId: 'msg_1', paymentId: 'pay_1', kind: 'succeeded', paid: cost, posted: price } as const),
  ...over,
});
/** The decision on a notice, with the purchase looked up after the whole history. */
export const settle = (
  history: readonly WalletStreamEvent[],
  over: Partial<SettlePurchase> = {},
  at: DecisionContext<WalletLane> = context,
) => given(opened, ...history).when(settlePurchase, { known: knownAfter(history, purchaseId), ...notice(over) }, at);

export const said = (over: object = {}) => {
  const { posted: _, ...fields } = notice();
  return { walletId, ...fields, ...over };
};
export const ignored = (over: object = {}) => PaymentNoticeIgnored({ ...said(over), code: 'WALLET.PURCHASE_RESOLVED' });
export type Code = Parameters<typeof PaymentContradicted>[0]['code'];
export const contradicted = (code: Code, over: object = {}) => PaymentContradicted({ ...said(over), code });
export const lotOf = (amount: bigint) => ({
  ...{ lotId: purchaseId, source: 'purchase', tokens: amount, priority: 50, expiresAt: null, transferable: true },
});
export const credited = (amount = tokens, over: object = {}) =>
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
export const completed = credited();
export const failed = PurchaseFailed({
  walletId,
  purchaseId,
  tokens,
  code: 'WALLET.PAYMENT_FAILED',
  reason: 'declined',
});
export const dearer = { ...price, priceVersion: 4, buy: 400n };

/**
 * The purchase as looked up after the history, with the number of changes to its wallet's
 * purchases.
 */
export function knownAfter(events: readonly WalletEvent[], purchaseId: string): KnownPurchase {
  let asOf = 0;
  let purchase: PurchaseRecord | undefined;
  for (const event of events) {
    if (!('purchaseId' in event.data)) continue;
    const isOne = event.data.purchaseId === purchaseId;
    if (event.type === 'PurchasePending' && isOne) {
      const { tokens, price, priceVersion, priceHoldsUntil } = event.data;
      const times = { priceHoldsUntil: Date.parse(priceHoldsUntil) };
      const unpaid = { status: 'pending', paid: price.amount, credited: 0n, ...noTallies } as const;
      purchase = { purchaseId, tokens, price, priceVersion, ...times, ...unpaid };
    }
    const changed = changeBy(event, purchase);
    if (!changed) continue;
    asOf += 1;
    if (isOne && purchase) purchase = { ...purchase, ...changed };
  }
  return { asOf, purchase: purchase! };
}

function changeBy(event: WalletEvent, known: PurchaseRecord | undefined): Partial<PurchaseRecord> | undefined {
  switch (event.type) {
    case 'PurchaseFailed':
    case 'PurchaseExpired':
    case 'PurchaseCancelled':
      return { status: 'unpaid' };
    case 'TokensPurchased': {
      const { method, price, tokens: credited, paymentId } = event.data;
      if (method !== 'payment-provider') return undefined;
      return { status: 'completed', paid: price.amount, credited, paymentId };
    }
    case 'PaymentNoticeTaken':
      return known ? tallied(known, event.data.kind, event.data.paid.amount) : {};
    case 'PurchaseReversed': {
      const { kind, price } = event.data;
      return known && kind === 'operator' ? { refunded: known.refunded + price.amount } : {};
    }
    case 'PurchaseRestored':
    case 'PaymentContradicted':
    case 'PaymentContradictionResolved':
      return {};
    default:
      return undefined;
  }
}

/** An amount of the purchase's currency, in minor units. */
export const minor = (amount: bigint) => ({ currency: 'CNY', amount });
