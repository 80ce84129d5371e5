import type { MoneyBackKind } from '@tokengrid/contracts';
import { monthOf } from '@tokengrid/kernel';
import { monthlyTotalsOf, type MonthlyTotals } from './monthly-totals.ts';
import type { Tallies } from './purchase-money.ts';
import { noTallies, tallied } from './purchase-money.ts';

/** A purchase that awaits the payment provider's notice. */
export interface PendingPurchase extends Tallies {
  readonly purchaseId: string;
  readonly tokens: bigint;
  readonly price: { readonly currency: string; readonly amount: bigint };
  readonly priceVersion: number;
  /** The day whose month counts the purchase; `YYYY-MM-DD`. */
  readonly day: string;
  /** End of the price's validity for a payment, in epoch milliseconds. */
  readonly priceHoldsUntil: number;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** Maximum number of a wallet's pending purchases. */
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

/** The wallet with one more pending purchase, which counts in its month as if paid. */
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

/** The wallet after a purchase was paid; unchanged for one never pending. */
export const withoutPending = <W extends Purchasing>(wallet: W, purchaseId: string): W =>
  pendingOf(wallet, purchaseId)
    ? { ...wallet, pending: wallet.pending.filter((purchase) => purchase.purchaseId !== purchaseId) }
    : wallet;

/**
 * The wallet after a purchase failed, expired or was cancelled: it no longer counts, except in a
 * past month.
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

/** The wallet after a refund or chargeback of an unpaid purchase, kept until the payment. */
export const withNotice = <W extends Purchasing>(wallet: W, { purchaseId, kind, paid }: Noticed): W => ({
  ...wallet,
  pending: wallet.pending.map((purchase) =>
    purchase.purchaseId === purchaseId ? { ...purchase, ...tallied(purchase, kind, paid.amount) } : purchase,
  ),
});
