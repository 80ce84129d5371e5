import type { OpenedWallet } from './wallet.ts';
import { pendingOf } from './pending-purchases.ts';
import type { Tallies } from './purchase-money.ts';

/** A purchase that a notice of the payment provider names, with its status. */
export interface PurchaseRecord extends Tallies {
  readonly purchaseId: string;
  /** `unpaid`: failed, expired or cancelled; a late payment can still complete it. */
  readonly status: 'pending' | 'completed' | 'unpaid';
  /** µAIT ordered. */
  readonly tokens: bigint;
  readonly price: { readonly currency: string; readonly amount: bigint };
  readonly priceVersion: number;
  /**
   * End of the price's validity for a payment, in epoch milliseconds; not after the purchase's
   * expiry.
   */
  readonly priceHoldsUntil: number;
  /** Minor units paid; before the payment, those due. */
  readonly paid: bigint;
  /** µAIT credited. */
  readonly credited: bigint;
  /** The provider's id of the payment, if stated. */
  readonly paymentId?: string | undefined;
  /** True for one on the carrier's bill: no payment belongs to it. */
  readonly isOnBill?: boolean | undefined;
}

/**
 * A purchase looked up for a command, with the number of changes to its wallet's purchases at the
 * time.
 */
export interface KnownPurchase {
  readonly asOf: number;
  readonly purchase: PurchaseRecord;
}

/**
 * The purchase's current record; undefined where the known one is outdated. A wallet keeps pending
 * ones; others come with the command, valid as long as none of the wallet's purchases has changed.
 * @param before the wallet before any expiry in this decision
 */
export function purchaseIn(
  before: OpenedWallet,
  wallet: OpenedWallet,
  purchaseId: string,
  { asOf, purchase }: KnownPurchase,
): PurchaseRecord | undefined {
  const pending = pendingOf(before, purchaseId);
  if (pending) {
    const status = pendingOf(wallet, purchaseId) ? 'pending' : 'unpaid';
    return { ...pending, status, paid: pending.price.amount, credited: 0n };
  }
  return asOf === before.paymentChanges && purchase.status !== 'pending' ? purchase : undefined;
}
