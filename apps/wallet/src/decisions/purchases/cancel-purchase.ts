import { PurchaseCancellationRefused, PurchaseCancelled } from '@tokengrid/contracts';
import { onWallet } from '../rules/due.ts';
import { freeReserved } from '../rules/issuance.ts';
import { pendingOf } from '../state/pending-purchases.ts';

export interface CancelPurchase {
  readonly purchaseId: string;
}

/**
 * Cancels a purchase that waits for its payment; refused for any other. A later payment is credited
 * at the price in force then.
 */
export const cancelPurchase = onWallet('cancelPurchase', (wallet, { purchaseId }: CancelPurchase, context) => {
  const { walletId } = wallet;
  const purchase = pendingOf(wallet, purchaseId);
  if (!purchase) {
    const code = 'WALLET.PURCHASE_RESOLVED';
    return [PurchaseCancellationRefused({ walletId, purchaseId, code })];
  }
  const { tokens } = purchase;
  return [PurchaseCancelled({ walletId, purchaseId, tokens }), freeReserved(walletId, tokens, context.system)];
});
