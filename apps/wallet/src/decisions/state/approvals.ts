/** A proposal that needs a second person's decision. */
export interface Proposed {
  readonly approvalId: string;
  /** The operator's API key that proposes or decides. */
  readonly by: string;
  /**
   * The person of the key, then the persons whose keys minted it, up to the first. The decision
   * needs another person than the proposal.
   */
  readonly people: readonly string[];
}

/** Maximum number of open proposals in a stream. */
export const mostProposals = 10;

export const withoutProposal = <P extends Proposed>(proposals: readonly P[], approvalId: string): readonly P[] =>
  proposals.filter((each) => each.approvalId !== approvalId);
