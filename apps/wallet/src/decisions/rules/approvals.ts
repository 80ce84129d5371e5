import type { Proposed } from '../state/approvals.ts';
import type { MarketPolicy } from '../state/market-policies.ts';

/** The refusal of a decision on a proposal. */
export type ApprovalBarred = { readonly code: 'WALLET.APPROVAL_RESOLVED' | 'WALLET.SAME_PRINCIPAL' };

/**
 * The open proposal that a person may decide, or the refusal. Refusals, in order: a resolved
 * proposal (streams keep open ones only), a decision by the proposer.
 *
 * The proposer is recognised by the key, its successors, and keys that either minted for the other,
 * directly or through others.
 */
export function decidable<P extends Proposed>(
  proposals: readonly P[],
  { approvalId, people }: Pick<Proposed, 'approvalId' | 'people'>,
): P | ApprovalBarred {
  const proposal = proposals.find((each) => each.approvalId === approvalId);
  if (!proposal) return { code: 'WALLET.APPROVAL_RESOLVED' };
  return isSamePerson(proposal.people, people) ? { code: 'WALLET.SAME_PRINCIPAL' } : proposal;
}

const isSamePerson = (some: readonly string[], other: readonly string[]): boolean =>
  other.includes(some[0]!) || some.includes(other[0]!);

/** True for a grant that needs a second person's approval, by its amount in µAIT. */
export const grantTakesApproval = (tokens: bigint, { approvals: { grantsAbove } }: MarketPolicy): boolean =>
  grantsAbove !== undefined && tokens > grantsAbove;

interface Price {
  readonly currency: string;
  readonly buy: bigint;
  readonly sellBack: bigint;
}

const basisPoints = 10000n;

/**
 * True for a change of more than `bps` basis points; multiplied out, so that nothing is rounded.
 */
const changesBeyond = (from: bigint, to: bigint, bps: bigint): boolean =>
  (to > from ? to - from : from - to) * basisPoints > bps * from;

/**
 * True for a price change that needs a second person's approval: of either price, in either
 * direction, or of the currency. A change from zero always needs one, a first price never does.
 */
export function priceTakesApproval(
  from: Price | undefined,
  to: Price,
  { approvals: { priceChangeAboveBps } }: MarketPolicy,
): boolean {
  if (!from || priceChangeAboveBps === undefined) return false;
  const bps = BigInt(priceChangeAboveBps);
  return (
    from.currency !== to.currency ||
    changesBeyond(from.buy, to.buy, bps) ||
    changesBeyond(from.sellBack, to.sellBack, bps)
  );
}

type Thresholds = MarketPolicy['approvals'];

/**
 * True for a policy that needs a second person's approval, because it lets one person decide more
 * alone than the policy in force.
 */
export const policyTakesApproval = (from: Thresholds, to: Thresholds): boolean =>
  isLooser(from.grantsAbove, to.grantsAbove) || isLooser(from.priceChangeAboveBps, to.priceChangeAboveBps);

const isLooser = <T extends bigint | number>(from: T | undefined, to: T | undefined): boolean =>
  from !== undefined && (to === undefined || to > from);

export interface RejectProposal extends Proposed {
  readonly reason?: string | undefined;
}
