import { PaymentRequested, PurchaseFailed } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Decided } from '../rules/due.ts';
import { expireDue } from '../rules/due.ts';
import { freeReserved } from '../rules/issuance.ts';
import { pendingOf } from '../state/pending-purchases.ts';
import type { Wallet } from '../state/wallet.ts';
import type { WalletLane } from '../state/wallet-lane.ts';

/** What the payment provider answered when it was asked for a payment. */
export type ProviderAnswer =
  | { readonly taken: true; readonly paymentId: string; readonly paymentUrl?: string | undefined }
  | { readonly taken: false; readonly reason: string };

export interface RecordPaymentRequest {
  readonly purchaseId: string;
  readonly answer: ProviderAnswer;
}

/**
 * Keeps what the payment provider answered. Where it will not take the payment the purchase has failed, unless a notice about it
 * came first: then all that was to be said about it has been.
 */
export function recordPaymentRequest(
  state: Wallet,
  { purchaseId, answer }: RecordPaymentRequest,
  context: DecisionContext<WalletLane>,
): Decided {
  const { wallet, expired } = expireDue(state, context);
  const { walletId } = wallet;
  if (answer.taken) {
    const { paymentId, paymentUrl } = answer;
    const where = paymentUrl === undefined ? {} : { paymentUrl };
    return [...expired, PaymentRequested({ walletId, purchaseId, paymentId, ...where })];
  }
  const purchase = pendingOf(wallet, purchaseId);
  if (!purchase) throw new PurchaseNotPending(`${purchaseId} is not pending any more`);
  const { tokens } = purchase;
  const { reason } = answer;
  return [
    ...expired,
    PurchaseFailed({ walletId, purchaseId, tokens, code: 'PAYMENT_REFUSED', reason }),
    freeReserved(walletId, tokens, context.system),
  ];
}

/** The provider would not take a payment that it has told the outcome of already. There is nothing to do. */
export class PurchaseNotPending extends Error {
  override readonly name = 'PurchaseNotPending';
}
