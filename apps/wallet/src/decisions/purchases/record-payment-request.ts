import { PaymentRequested, PurchaseFailed } from '@tokengrid/contracts';
import { onWallet } from '../rules/due.ts';
import { freeReserved } from '../rules/issuance.ts';
import { pendingOf } from '../state/pending-purchases.ts';

/** What the payment provider answered when it was asked for a payment. */
export type ProviderAnswer =
  | { readonly taken: true; readonly paymentId: string; readonly paymentUrl?: string | undefined }
  | { readonly taken: false; readonly reason: string };

export interface RecordPaymentRequest {
  readonly purchaseId: string;
  readonly answer: ProviderAnswer;
}

/**
 * Keeps what the payment provider answered. Where it will not take the payment the purchase has
 * failed, unless a notice about it came first: then all that was to be said about it has been.
 */
export const recordPaymentRequest = onWallet(
  'recordPaymentRequest',
  (wallet, { purchaseId, answer }: RecordPaymentRequest, context) => {
    const { walletId } = wallet;
    if (answer.taken) {
      const { paymentId, paymentUrl } = answer;
      const where = paymentUrl === undefined ? {} : { paymentUrl };
      return [PaymentRequested({ walletId, purchaseId, paymentId, ...where })];
    }
    const purchase = pendingOf(wallet, purchaseId);
    if (!purchase) throw new PurchaseNotPending(`${purchaseId} is not pending any more`);
    const { tokens } = purchase;
    const { reason } = answer;
    return [
      PurchaseFailed({ walletId, purchaseId, tokens, code: 'WALLET.PAYMENT_REFUSED', reason }),
      freeReserved(walletId, tokens, context.system),
    ];
  },
);

/**
 * The provider would not take a payment that it has told the outcome of already. There is nothing
 * to do.
 */
export class PurchaseNotPending extends Error {
  override readonly name = 'PurchaseNotPending';
}
