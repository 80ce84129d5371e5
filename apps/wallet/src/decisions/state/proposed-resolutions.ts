import type { ContradictionAction, PaymentNoticeKind } from '@tokengrid/contracts';
import type { Proposed } from './approvals.ts';
import { withoutProposal } from './approvals.ts';

/** The payment provider's notice about a purchase. */
export interface PaymentNotice {
  readonly purchaseId: string;
  /** The provider's id of the notice, the same in every repeat. */
  readonly noticeId: string;
  readonly kind: PaymentNoticeKind;
  /** Amount paid or going back, by the provider. */
  readonly paid: { readonly currency: string; readonly amount: bigint };
  /** The provider's id of the payment, if stated. */
  readonly paymentId?: string | undefined;
}

/** An open proposal for a contradicting notice. */
export interface ProposedResolution extends Proposed, PaymentNotice {
  readonly action: ContradictionAction;
  readonly note: string;
}

interface Resolving {
  /** The oldest first, at most `mostProposals`. */
  readonly resolutions: readonly ProposedResolution[];
}

export function withResolution<W extends Resolving>(
  wallet: W,
  { walletId: _, ...resolution }: ProposedResolution & { readonly walletId: string },
): W {
  return { ...wallet, resolutions: [...wallet.resolutions, resolution] };
}

export const withoutResolution = <W extends Resolving>(
  wallet: W,
  { approvalId }: { readonly approvalId: string },
): W => ({ ...wallet, resolutions: withoutProposal(wallet.resolutions, approvalId) });
