import type { Gift } from '@tokengrid/contracts';
import type { Proposed } from './approvals.ts';
import { withoutProposal } from './approvals.ts';

/** What the operator wants to give a wallet, and waits for a second person. */
export interface ProposedGift extends Proposed {
  readonly gift: Gift;
}

interface Promised {
  /** The oldest first; at most `mostProposals`. */
  readonly proposals: readonly ProposedGift[];
}

export const withGift = <W extends Promised>(wallet: W, { approvalId, by, people, gift }: ProposedGift): W => ({
  ...wallet,
  proposals: [...wallet.proposals, { approvalId, by, people, gift }],
});

export const withoutGift = <W extends Promised>(wallet: W, { approvalId }: { readonly approvalId: string }): W => ({
  ...wallet,
  proposals: withoutProposal(wallet.proposals, approvalId),
});
