import {
  ContradictionResolutionApproved,
  ContradictionResolutionProposed,
  ContradictionResolutionRefused,
  ContradictionResolutionRejected,
  PaymentContradictionResolved,
  PaymentNoticeTaken,
} from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Proposed } from '../state/approvals.ts';
import { mostProposals } from '../state/approvals.ts';
import { decidable } from '../rules/approvals.ts';
import { creditPayment, type CreditTerms, type NotCredited } from './credit-payment.ts';
import type { CodesOfCommand, Decided, Refusal } from '../rules/decided.ts';
import { onWallet } from '../rules/due.ts';
import { least } from '../state/lots.ts';
import type { PaymentNotice, ProposedResolution } from '../state/proposed-resolutions.ts';
import { reversedOf, tallied } from '../state/purchase-money.ts';
import type { KnownPurchase, PurchaseRecord } from '../state/purchase-record.ts';
import { purchaseIn } from '../state/purchase-record.ts';
import type { RejectProposal } from '../rules/approvals.ts';
import { restoration, reversal } from './reverse-purchase.ts';
import { type CapacityLacking } from '../rules/issuance.ts';
import type { OpenedWallet } from '../state/wallet.ts';
import type { WalletLane } from '../state/wallet-lane.ts';
import { FactNeeded } from '../state/facts.ts';

type Context = DecisionContext<WalletLane>;
type Wanted = Pick<ProposedResolution, 'action' | 'note'>;

/** A contradicting notice, looked up together with its purchase. */
export interface KnownContradiction extends KnownPurchase {
  readonly notice: PaymentNotice;
  readonly isResolved: boolean;
}

export interface ProposeResolution extends Proposed, Wanted {
  readonly known: KnownContradiction;
}

/**
 * Proposes a resolution of a contradicting notice, which always takes a second person. Refusals, in
 * order: a notice resolved or with an open proposal, an action that does not fit it, too many open
 * proposals.
 * @throws FactNeeded contradiction, if the purchase has changed since the look-up
 */
export const proposeResolution = onWallet(
  'proposeResolution',
  (wallet, proposing: ProposeResolution, _context, before) => {
    const { approvalId, by, people, action, note, known } = proposing;
    const { notice, isResolved } = known;
    const { walletId } = wallet;
    const proposed = { walletId, approvalId, by };
    const refused = (code: CodesOfCommand<'proposeResolution'>) => [
      ContradictionResolutionRefused({ ...proposed, action: 'propose', code }),
    ];
    const purchase = purchaseIn(before, wallet, notice.purchaseId, known);
    if (!purchase) throw new FactNeeded('contradiction', { noticeId: notice.noticeId });
    const waits = wallet.resolutions.some(({ noticeId }) => noticeId === notice.noticeId);
    if (isResolved || waits) return refused('WALLET.CONTRADICTION_RESOLVED');
    if (!fits(action, notice, purchase)) return refused('WALLET.RESOLUTION_UNFIT');
    if (wallet.resolutions.length >= mostProposals) return refused('WALLET.TOO_MANY_APPROVALS');
    return [ContradictionResolutionProposed({ ...proposed, people: [...people], ...saidBy(notice), action, note })];
  },
);

const saidBy = ({ purchaseId, noticeId, kind, paid, paymentId }: PaymentNotice) => ({
  ...{ purchaseId, noticeId, kind, paid },
  ...(paymentId === undefined ? {} : { paymentId }),
});

/** True if an action fits a notice, by the state of its purchase and the money. */
function fits(action: Wanted['action'], { kind, paid }: PaymentNotice, purchase: PurchaseRecord): boolean {
  if (action === 'dismiss') return true;
  const isPaid = purchase.status === 'completed';
  if (purchase.isOnBill) return false;
  if (paid.currency !== purchase.price.currency || paid.amount === 0n) return false;
  if (action === 'reverse') return isPaid && reversedOf(purchase, purchase.paid) < purchase.paid;
  if (kind === 'succeeded') return !isPaid;
  return kind === 'dispute_won' && isPaid && staysOf(purchase, paid.amount) > 0n;
}

/** Minor units that remain with the operator after a dispute is won for `won` of them. */
function staysOf(purchase: PurchaseRecord, won: bigint): bigint {
  const after = tallied(purchase, 'dispute_won', acceptedOf(purchase, won));
  return reversedOf(purchase, purchase.paid) - reversedOf(after, purchase.paid);
}

const acceptedOf = (purchase: PurchaseRecord, won: bigint) => least(won, purchase.paid - purchase.won);

export interface ApproveResolution extends Proposed, CreditTerms {
  readonly known: KnownPurchase;
}

/**
 * Applies a proposed resolution on a second person's approval. Refusals, in order: a resolved
 * proposal, the proposer's own approval, an action that no longer fits, a credit impossible now
 * (the proposal stays open).
 * @throws FactNeeded purchase, if the purchase has changed since the look-up
 * @throws FactNeeded capacity, while the lane may still be granted more capacity
 */
export const approveResolution = onWallet(
  'approveResolution',
  (wallet, approving: ApproveResolution, context, before) => {
    const { approvalId, by, known } = approving;
    const { walletId } = wallet;
    const approval = { walletId, approvalId, by };
    const refused = (refusal: Refusal<'approveResolution'>) => [
      ContradictionResolutionRefused({ ...approval, action: 'approve', ...refusal }),
    ];
    const proposal = decidable(wallet.resolutions, approving);
    if ('code' in proposal) return refused(proposal);
    const purchase = purchaseIn(before, wallet, proposal.purchaseId, known);
    if (!purchase) throw new FactNeeded('purchase', { purchaseId: proposal.purchaseId });
    if (!fits(proposal.action, proposal, purchase)) return refused({ code: 'WALLET.RESOLUTION_UNFIT' });
    const effect = effectOf(wallet, purchase, proposal, approving, context);
    if ('code' in effect) return refused(effect);
    const { purchaseId, noticeId, action, note } = proposal;
    return [
      ContradictionResolutionApproved(approval),
      PaymentContradictionResolved({ walletId, purchaseId, noticeId, action, note }),
      ...effect,
    ];
  },
);

function effectOf(
  wallet: OpenedWallet,
  purchase: PurchaseRecord,
  proposal: ProposedResolution,
  terms: CreditTerms,
  context: Context,
): Decided | NotCredited | CapacityLacking {
  const { action, paid } = proposal;
  if (action === 'dismiss') return [];
  const gone = reversedOf(purchase, purchase.paid);
  if (action === 'reverse') {
    return reversal(wallet, purchase, 'operator', gone, least(paid.amount, purchase.paid - gone), context);
  }
  if (proposal.kind === 'succeeded') return creditPayment(wallet, purchase, proposal, terms, context);
  const money = staysOf(purchase, paid.amount);
  const restored = restoration(wallet, purchase, gone, money, context, terms.capacityLeft);
  if ('code' in restored) return restored;
  const accepted = { ...paid, amount: acceptedOf(purchase, paid.amount) };
  const taken = { walletId: wallet.walletId, ...saidBy(proposal), kind: 'dispute_won', paid: accepted } as const;
  return [PaymentNoticeTaken(taken), ...restored];
}

/**
 * Rejects a proposed resolution on a second person's decision; the notice stays open. Refusals as
 * for an approval.
 */
export const rejectResolution = onWallet('rejectResolution', (wallet, rejecting: RejectProposal) => {
  const { approvalId, by, reason } = rejecting;
  const approval = { walletId: wallet.walletId, approvalId, by };
  const proposal = decidable(wallet.resolutions, rejecting);
  if ('code' in proposal) {
    return [ContradictionResolutionRefused({ ...approval, action: 'reject', ...proposal })];
  }
  return [ContradictionResolutionRejected({ ...approval, ...(reason !== undefined && { reason }) })];
});
