/** What waits for a second person's word. */
export interface Proposed {
  readonly approvalId: string;
  /** The operator's API key that it was proposed with, or that decides it. */
  readonly by: string;
  /**
   * Whose key that is, then whose keys that person got it from, up to the first. Another person has
   * to decide than proposed.
   */
  readonly people: readonly string[];
}

/** Proposals that may wait at once in one stream. */
export const mostProposals = 10;

export const withoutProposal = <P extends Proposed>(proposals: readonly P[], approvalId: string): readonly P[] =>
  proposals.filter((each) => each.approvalId !== approvalId);
