import type { OpenedWallet } from './wallet.ts';
import { pendingOf } from './pending-purchases.ts';
import type { Tallies } from './purchase-money.ts';

/** A purchase through the payment provider, and what became of it. */
export interface PurchaseRecord extends Tallies {
  readonly purchaseId: string;
  /** `unpaid`: it failed, expired or was cancelled, and can still turn out to be paid. */
  readonly status: 'pending' | 'completed' | 'unpaid';
  /** What was ordered. */
  readonly tokens: bigint;
  readonly price: { readonly currency: string; readonly amount: bigint };
  readonly priceVersion: number;
  /**
   * Epoch milliseconds: what is paid before then has this price. It holds no longer than the
   * purchase waits.
   */
  readonly priceHoldsUntil: number;
  /** Minor units that were paid; until then, those that have to be. */
  readonly paid: bigint;
  /** µAIT that were credited. */
  readonly credited: bigint;
  /** The provider's id of the payment, if it was said when it was paid. */
  readonly paymentId?: string | undefined;
}

/**
 * A purchase as it was looked up, and how many changes of its wallet's purchases were known then.
 */
export interface KnownPurchase {
  readonly asOf: number;
  readonly purchase: PurchaseRecord;
}

/** What was looked up has changed meanwhile: it has to be looked up again. */
export class PurchaseOutdated extends Error {
  override readonly name = 'PurchaseOutdated';
}

/**
 * A purchase as it is now. A wallet remembers those that wait; others come with the command, and
 * are good as long as nothing about the wallet's purchases has changed since.
 * @param before the wallet as it was before anything expired in this decision
 * @throws PurchaseOutdated
 */
export function purchaseIn(
  before: OpenedWallet,
  wallet: OpenedWallet,
  purchaseId: string,
  { asOf, purchase }: KnownPurchase,
): PurchaseRecord {
  const pending = pendingOf(before, purchaseId);
  if (pending) {
    const status = pendingOf(wallet, purchaseId) ? 'pending' : 'unpaid';
    return { ...pending, status, paid: pending.price.amount, credited: 0n };
  }
  if (asOf !== before.paymentChanges || purchase.status === 'pending') {
    throw new PurchaseOutdated('the purchase has changed since it was looked up');
  }
  return purchase;
}
