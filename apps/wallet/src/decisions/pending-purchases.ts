/** A purchase that waits for the payment provider to say what became of its payment. */
export interface PendingPurchase {
  readonly purchaseId: string;
  readonly tokens: bigint;
  readonly price: { readonly currency: string; readonly amount: bigint };
  readonly priceVersion: number;
}

/** Purchases that a wallet may have waiting. */
export const mostPendingPurchases = 20;

interface Purchasing {
  /** At most {@link mostPendingPurchases}. */
  readonly pending: readonly PendingPurchase[];
}

export const pendingOf = ({ pending }: Purchasing, purchaseId: string): PendingPurchase | undefined =>
  pending.find((purchase) => purchase.purchaseId === purchaseId);

export const withPending = <W extends Purchasing>(
  wallet: W,
  { purchaseId, tokens, price, priceVersion }: PendingPurchase,
): W => ({ ...wallet, pending: [...wallet.pending, { purchaseId, tokens, price, priceVersion }] });

/** A wallet after a purchase was paid or failed; one that never waited changes nothing. */
export const withoutPending = <W extends Purchasing>(wallet: W, purchaseId: string): W =>
  pendingOf(wallet, purchaseId)
    ? { ...wallet, pending: wallet.pending.filter((purchase) => purchase.purchaseId !== purchaseId) }
    : wallet;
