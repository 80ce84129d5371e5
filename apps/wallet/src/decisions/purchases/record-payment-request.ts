import { PaymentRequested, PurchaseFailed } from '@tokengrid/contracts';
import { onWallet } from '../rules/due.ts';
import { freeReserved } from '../rules/issuance.ts';
import { pendingOf } from '../state/pending-purchases.ts';

/** The payment provider's answer to a payment request. */
export type ProviderAnswer =
  | { readonly taken: true; readonly paymentId: string; readonly paymentUrl?: string | undefined }
  | { readonly taken: false; readonly reason: string };

export interface RecordPaymentRequest {
  readonly purchaseId: string;
  readonly answer: ProviderAnswer;
}

/**
 * Records the payment provider's answer. A refused payment fails the purchase, unless a notice
 * about it arrived first.
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

/** The purchase has an outcome already, so that the provider's refusal changes nothing. */
export class PurchaseNotPending extends Error {
  override readonly name = 'PurchaseNotPending';
}
