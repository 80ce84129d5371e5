import { PurchaseCancellationRefused, PurchaseCancelled } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Decided } from '../rules/due.ts';
import { expireDue } from '../rules/due.ts';
import { freeReserved } from '../rules/issuance.ts';
import { pendingOf } from '../state/pending-purchases.ts';
import type { Wallet } from '../state/wallet.ts';
import type { WalletLane } from '../state/wallet-lane.ts';

export interface CancelPurchase {
  readonly purchaseId: string;
}

/**
 * Gives up a purchase that waits to be paid. Refused where it waits no more. If its money comes nevertheless, it is credited at the
 * price in force then.
 */
export function cancelPurchase(
  state: Wallet,
  { purchaseId }: CancelPurchase,
  context: DecisionContext<WalletLane>,
): Decided {
  const { wallet, expired } = expireDue(state, context);
  const { walletId } = wallet;
  const purchase = pendingOf(wallet, purchaseId);
  if (!purchase) {
    const code = 'WALLET.PURCHASE_RESOLVED';
    return [...expired, PurchaseCancellationRefused({ walletId, purchaseId, code })];
  }
  const { tokens } = purchase;
  return [
    ...expired,
    PurchaseCancelled({ walletId, purchaseId, tokens }),
    freeReserved(walletId, tokens, context.system),
  ];
}
