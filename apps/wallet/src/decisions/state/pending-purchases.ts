import type { MoneyBackKind } from '@tokengrid/contracts';
import { monthOf } from '@tokengrid/kernel';
import { monthlyTotalsOf, type MonthlyTotals } from './monthly-totals.ts';
import type { Tallies } from './purchase-money.ts';
import { noTallies, tallied } from './purchase-money.ts';

/** A purchase that waits for the payment provider to say what became of its payment. */
export interface PendingPurchase extends Tallies {
  readonly purchaseId: string;
  readonly tokens: bigint;
  readonly price: { readonly currency: string; readonly amount: bigint };
  readonly priceVersion: number;
  /** The day whose month it counts in; `YYYY-MM-DD`. */
  readonly day: string;
  /** Epoch milliseconds: what is paid before then has this price. */
  readonly priceHoldsUntil: number;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** Purchases that a wallet may have waiting. */
export const mostPendingPurchases = 20;

interface Purchasing {
  /** At most {@link mostPendingPurchases}. */
  readonly pending: readonly PendingPurchase[];
  readonly monthlyTotals: MonthlyTotals;
}

export const pendingOf = ({ pending }: Pick<Purchasing, 'pending'>, purchaseId: string): PendingPurchase | undefined =>
  pending.find((purchase) => purchase.purchaseId === purchaseId);

interface Begun extends Pick<PendingPurchase, 'purchaseId' | 'tokens' | 'price' | 'priceVersion' | 'day'> {
  readonly priceHoldsUntil: string;
  readonly expiresAt: string;
}

/** A wallet with one more purchase that waits. It counts in its month as if it were paid. */
export function withPending<W extends Purchasing>(
  wallet: W,
  { purchaseId, tokens, price, priceVersion, day, priceHoldsUntil, expiresAt }: Begun,
): W {
  const times = { priceHoldsUntil: Date.parse(priceHoldsUntil), expiresAt: Date.parse(expiresAt) };
  const purchase = { purchaseId, tokens, price, priceVersion, day, ...times, ...noTallies };
  const totals = monthlyTotalsOf(wallet, day);
  return {
    ...wallet,
    pending: [...wallet.pending, purchase],
    monthlyTotals: { ...totals, provider: totals.provider + price.amount },
  };
}

/** A wallet after a purchase was paid; one that never waited changes nothing. */
export const withoutPending = <W extends Purchasing>(wallet: W, purchaseId: string): W =>
  pendingOf(wallet, purchaseId)
    ? { ...wallet, pending: wallet.pending.filter((purchase) => purchase.purchaseId !== purchaseId) }
    : wallet;

/**
 * A wallet after a purchase failed, expired or was cancelled: it counts no more, unless its month
 * is over.
 */
export function afterUnpaid<W extends Purchasing>(wallet: W, purchaseId: string): W {
  const purchase = pendingOf(wallet, purchaseId);
  if (!purchase) return wallet;
  const { monthlyTotals: totals } = wallet;
  const counted = totals.month === monthOf(purchase.day) ? purchase.price.amount : 0n;
  return { ...withoutPending(wallet, purchaseId), monthlyTotals: { ...totals, provider: totals.provider - counted } };
}

interface Noticed {
  readonly purchaseId: string;
  readonly kind: MoneyBackKind;
  readonly paid: { readonly amount: bigint };
}

/**
 * A wallet after money of a purchase was said to go back that is not paid yet: kept until it is.
 */
export const withNotice = <W extends Purchasing>(wallet: W, { purchaseId, kind, paid }: Noticed): W => ({
  ...wallet,
  pending: wallet.pending.map((purchase) =>
    purchase.purchaseId === purchaseId ? { ...purchase, ...tallied(purchase, kind, paid.amount) } : purchase,
  ),
});
