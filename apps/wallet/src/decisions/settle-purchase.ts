import type { PaymentOutcome } from '@tokengrid/contracts';
import { PaymentNoticeIgnored, PurchaseFailed, TokensPurchased } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { onDay } from './calendar.ts';
import type { Decided } from './expire-due.ts';
import { expireDue } from './expire-due.ts';
import { freeCapacity } from './issuance.ts';
import type { PendingPurchase } from './pending-purchases.ts';
import { pendingOf } from './pending-purchases.ts';
import { availableAccount, laneAccount, moveFiat, moveTokens } from './postings.ts';
import { purchasedLot } from './purchase-tokens.ts';
import type { OpenWallet, Wallet } from './wallet.ts';
import type { WalletLane } from './wallet-lane.ts';

/** What a purchase has become, as far as that was known when a notice about it came. */
export type PurchaseStanding = 'pending' | 'completed' | 'failed';

/** The purchase was resolved after its standing was looked up: it has to be looked up again. */
export class StandingOutdated extends Error {
  override readonly name = 'StandingOutdated';
}

export interface SettlePurchase {
  readonly purchaseId: string;
  /** The provider's id of what it says, the same in every repeat. */
  readonly noticeId: string;
  /** The provider's id of the payment, if it says one. */
  readonly paymentId?: string | undefined;
  readonly outcome: PaymentOutcome;
  /** What was to be paid, by the provider. */
  readonly paid: { readonly currency: string; readonly amount: bigint };
  /** Why it failed, in the provider's words. */
  readonly reason?: string | undefined;
  readonly known: PurchaseStanding;
}

/**
 * Takes the payment provider's word for what became of a purchase. Paid, its tokens are issued, whatever else happened to the wallet;
 * failed, the capacity that was reserved is free again. A notice about another amount than the purchase's, or about one that was
 * resolved already, changes nothing and is remembered; one that contradicts what the purchase has become says so.
 * @throws StandingOutdated where the purchase was resolved after its standing was looked up
 */
export function settlePurchase(state: Wallet, notice: SettlePurchase, context: DecisionContext<WalletLane>): Decided {
  const { wallet, expired } = expireDue(state, context);
  const purchase = pendingOf(wallet, notice.purchaseId);
  if (!purchase) return [...expired, ignored(wallet, notice, codeOfResolved(notice))];
  const { price, tokens } = purchase;
  const { paid } = notice;
  if (paid.amount !== price.amount || paid.currency !== price.currency) {
    return [...expired, ignored(wallet, notice, 'WALLET.PAYMENT_MISMATCH')];
  }
  if (notice.outcome === 'succeeded') return [...expired, completed(wallet, purchase, notice, context)];
  const { walletId } = wallet;
  const reason = notice.reason === undefined ? {} : { reason: notice.reason };
  const failed = { walletId, purchaseId: notice.purchaseId, tokens, code: 'PAYMENT_FAILED', ...reason } as const;
  return [...expired, PurchaseFailed(failed), freeCapacity(walletId, tokens, context.system)];
}

/** Postings of the money end in the lane's `payments`: the provider has it, and owes it to the operator. */
function completed(
  wallet: OpenWallet,
  purchase: PendingPurchase,
  { paymentId }: SettlePurchase,
  context: DecisionContext<WalletLane>,
) {
  const { walletId } = wallet;
  const { lane } = context;
  const { purchaseId, tokens, price, priceVersion } = purchase;
  return TokensPurchased({
    walletId,
    purchaseId,
    tokens,
    method: 'payment-provider',
    price,
    priceVersion,
    ...(paymentId === undefined ? {} : { paymentId }),
    ...onDay(context),
    status: 'completed',
    lot: purchasedLot(wallet, purchase),
    postings: [
      ...moveTokens(tokens, laneAccount(lane, 'issuance'), availableAccount(walletId)),
      ...moveFiat(price, laneAccount(lane, 'sales'), laneAccount(lane, 'payments')),
    ],
  });
}

type IgnoredCode = 'WALLET.PAYMENT_MISMATCH' | 'WALLET.PURCHASE_RESOLVED' | 'WALLET.PAYMENT_CONTRADICTED';

function ignored({ walletId }: OpenWallet, { purchaseId, noticeId, outcome, paid }: SettlePurchase, code: IgnoredCode) {
  return PaymentNoticeIgnored({ walletId, purchaseId, noticeId, outcome, paid, code });
}

function codeOfResolved({ known, outcome }: SettlePurchase): IgnoredCode {
  if (known === 'pending') throw new StandingOutdated('the purchase is not pending any more');
  const agrees = (known === 'completed') === (outcome === 'succeeded');
  return agrees ? 'WALLET.PURCHASE_RESOLVED' : 'WALLET.PAYMENT_CONTRADICTED';
}
