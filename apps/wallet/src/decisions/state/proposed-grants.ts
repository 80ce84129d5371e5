import type { Grant } from '@tokengrid/contracts';
import type { Proposed } from './approvals.ts';
import { withoutProposal } from './approvals.ts';

/** An open proposal of a grant. */
export interface ProposedGrant extends Proposed {
  readonly grant: Grant;
}

interface Promised {
  /** The oldest first, at most `mostProposals`. */
  readonly proposals: readonly ProposedGrant[];
}

export const withProposedGrant = <W extends Promised>(
  wallet: W,
  { approvalId, by, people, grant }: ProposedGrant,
): W => ({
  ...wallet,
  proposals: [...wallet.proposals, { approvalId, by, people, grant }],
});

export const withoutProposedGrant = <W extends Promised>(
  wallet: W,
  { approvalId }: { readonly approvalId: string },
): W => ({
  ...wallet,
  proposals: withoutProposal(wallet.proposals, approvalId),
});
