import type { MoneyBackKind, PaymentContradicted as Contradicted } from '@tokengrid/contracts';
import { PaymentContradicted, PaymentNoticeIgnored, PaymentNoticeTaken, PurchaseFailed } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { creditPayment, type CreditTerms } from './credit-payment.ts';
import type { Decided } from '../rules/decided.ts';
import { onWallet } from '../rules/due.ts';
import { freeReserved } from '../rules/issuance.ts';
import { least } from '../state/lots.ts';
import type { PaymentNotice } from '../state/proposed-resolutions.ts';
import { reversedOf, saidBefore, tallied } from '../state/purchase-money.ts';
import type { KnownPurchase, PurchaseRecord } from '../state/purchase-record.ts';
import { purchaseIn } from '../state/purchase-record.ts';
import { restoration, reversal } from './reverse-purchase.ts';
import type { OpenedWallet } from '../state/wallet.ts';
import type { WalletLane } from '../state/wallet-lane.ts';
import { FactNeeded } from '../state/facts.ts';

export interface SettlePurchase extends PaymentNotice, CreditTerms {
  /** Reason of a failure, in the provider's words. */
  readonly reason?: string | undefined;
  readonly known: KnownPurchase;
}

type Context = DecisionContext<WalletLane>;

/**
 * Settles a purchase by a notice of the payment provider; notices arrive in any order.
 *
 * A payment issues the tokens in any status of the wallet or the purchase, a failure frees the
 * reserved capacity, and a refund or chargeback reverses tokens. A notice that contradicts the
 * known state, as any of a purchase on the bill, changes nothing and waits for the operator.
 * @throws FactNeeded purchase, if the purchase has changed since the look-up
 * @throws FactNeeded capacity, if nothing is reserved for the tokens to issue and the lane may
 * still be granted more capacity
 */
export const settlePurchase = onWallet('settlePurchase', (wallet, notice: SettlePurchase, context, before) => {
  const { purchaseId, known } = notice;
  const purchase = purchaseIn(before, wallet, purchaseId, known);
  if (!purchase) throw new FactNeeded('purchase', { purchaseId });
  return consequencesOf(wallet, purchase, notice, context);
});

function consequencesOf(
  wallet: OpenedWallet,
  purchase: PurchaseRecord,
  notice: SettlePurchase,
  context: Context,
): Decided<'settlePurchase'> {
  const { kind } = notice;
  if (purchase.isOnBill) return contradicted(wallet, notice, 'WALLET.PAYMENT_CONTRADICTED');
  if (notice.paid.currency !== purchase.price.currency) return contradicted(wallet, notice, 'WALLET.PAYMENT_MISMATCH');
  switch (kind) {
    case 'succeeded':
      return succeeded(wallet, purchase, notice, context);
    case 'failed':
      return failed(wallet, purchase, notice, context);
    case 'refunded':
    case 'disputed':
    case 'dispute_won':
      return movedBack(wallet, purchase, { ...notice, kind }, context);
  }
}

type Code = Parameters<typeof Contradicted>[0]['code'];

const said = ({ walletId }: OpenedWallet, { purchaseId, noticeId, kind, paid, paymentId }: PaymentNotice) => ({
  ...{ walletId, purchaseId, noticeId, kind, paid },
  ...(paymentId === undefined ? {} : { paymentId }),
});

const contradicted = (wallet: OpenedWallet, notice: PaymentNotice, code: Code): Decided<'settlePurchase'> => [
  PaymentContradicted({ ...said(wallet, notice), code }),
];

const ignored = (wallet: OpenedWallet, notice: PaymentNotice): Decided<'settlePurchase'> => [
  PaymentNoticeIgnored({ ...said(wallet, notice), code: 'WALLET.PURCHASE_RESOLVED' }),
];

/**
 * True for a notice about a payment other than the purchase's own, as far as both ids are known.
 */
const isOfAnother = ({ paymentId }: PaymentNotice, purchase: PurchaseRecord): boolean =>
  paymentId !== undefined && purchase.paymentId !== undefined && paymentId !== purchase.paymentId;

function succeeded(
  wallet: OpenedWallet,
  purchase: PurchaseRecord,
  notice: SettlePurchase,
  context: Context,
): Decided<'settlePurchase'> {
  const { amount } = notice.paid;
  if (purchase.status === 'completed') {
    if (isOfAnother(notice, purchase)) return contradicted(wallet, notice, 'WALLET.PAYMENT_CONTRADICTED');
    if (amount !== purchase.paid) return contradicted(wallet, notice, 'WALLET.PAYMENT_MISMATCH');
    return ignored(wallet, notice);
  }
  if (amount !== purchase.price.amount) return contradicted(wallet, notice, 'WALLET.PAYMENT_MISMATCH');
  const credited = creditPayment(wallet, purchase, notice, notice, context);
  return 'code' in credited ? contradicted(wallet, notice, credited.code) : credited;
}

function failed(
  wallet: OpenedWallet,
  purchase: PurchaseRecord,
  notice: SettlePurchase,
  { system }: Context,
): Decided<'settlePurchase'> {
  if (purchase.status === 'completed') return contradicted(wallet, notice, 'WALLET.PAYMENT_CONTRADICTED');
  if (notice.paid.amount !== purchase.price.amount) return contradicted(wallet, notice, 'WALLET.PAYMENT_MISMATCH');
  if (purchase.status !== 'pending') return ignored(wallet, notice);
  const { walletId } = wallet;
  const { purchaseId, tokens } = purchase;
  const reason = notice.reason === undefined ? {} : { reason: notice.reason };
  return [
    PurchaseFailed({ walletId, purchaseId, tokens, code: 'WALLET.PAYMENT_FAILED', ...reason }),
    freeReserved(walletId, tokens, system),
  ];
}

type MoneyBack = SettlePurchase & { readonly kind: MoneyBackKind };

/** Applies a notice of money going back up to the sum paid; the excess waits for the operator. */
function movedBack(
  wallet: OpenedWallet,
  purchase: PurchaseRecord,
  notice: MoneyBack,
  context: Context,
): Decided<'settlePurchase'> {
  const isPaid = purchase.status === 'completed';
  if (isPaid && isOfAnother(notice, purchase)) return contradicted(wallet, notice, 'WALLET.PAYMENT_CONTRADICTED');
  const { kind, paid } = notice;
  const accepted = least(paid.amount, purchase.paid - saidBefore(purchase, kind));
  const beyond = paid.amount > accepted ? contradicted(wallet, notice, 'WALLET.PAYMENT_MISMATCH') : [];
  if (accepted <= 0n) return beyond.length > 0 ? beyond : ignored(wallet, notice);
  const taken = PaymentNoticeTaken({ ...said(wallet, notice), kind, paid: { ...paid, amount: accepted } });
  const effect = isPaid ? effectOf(wallet, purchase, kind, accepted, notice, context) : [];
  if (!effect) return contradicted(wallet, notice, 'WALLET.ISSUANCE_EXHAUSTED');
  return [taken, ...effect, ...beyond];
}

/**
 * Effect of a notice on a paid purchase; undefined where the capacity does not cover the tokens to
 * restore.
 */
function effectOf(
  wallet: OpenedWallet,
  purchase: PurchaseRecord,
  kind: MoneyBackKind,
  amount: bigint,
  { capacityLeft }: Pick<CreditTerms, 'capacityLeft'>,
  context: Context,
): Decided | undefined {
  const gone = reversedOf(purchase, purchase.paid);
  const moved = reversedOf(tallied(purchase, kind, amount), purchase.paid) - gone;
  if (moved === 0n) return [];
  if (moved > 0n) {
    return reversal(wallet, purchase, kind === 'refunded' ? 'refund' : 'chargeback', gone, moved, context);
  }
  const restored = restoration(wallet, purchase, gone, -moved, context, capacityLeft);
  return 'code' in restored ? undefined : restored;
}
