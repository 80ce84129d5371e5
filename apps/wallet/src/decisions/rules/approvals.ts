import type { Proposed } from '../state/approvals.ts';
import type { MarketPolicy } from '../state/market-policies.ts';

/** Why somebody may not decide a proposal. */
export type ApprovalBarred = { readonly code: 'WALLET.APPROVAL_RESOLVED' | 'WALLET.SAME_PRINCIPAL' };

/**
 * A proposal that a person may decide, or why not; refused, in this order, where it was resolved
 * before (those that wait are all that a stream knows of), and where the same person proposed it:
 * with the same key, a successor of it, or one that either minted for the other, at once or by keys
 * in between.
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

/** Whether one person may not give so many µAIT alone. */
export const grantTakesApproval = (tokens: bigint, { approvals: { grantsAbove } }: MarketPolicy): boolean =>
  grantsAbove !== undefined && tokens > grantsAbove;

interface Price {
  readonly currency: string;
  readonly buy: bigint;
  readonly sellBack: bigint;
}

const basisPoints = 10000n;

/**
 * Whether an amount changes by more than so many basis points of what it was. Multiplied out, so
 * that nothing is rounded.
 */
const changesBeyond = (from: bigint, to: bigint, bps: bigint): boolean =>
  (to > from ? to - from : from - to) * basisPoints > bps * from;

/**
 * Whether one person may not change the price so far alone: what a token is sold for or bought back
 * for, either way, or the currency. From nothing, any change is too far. A first price changes
 * nothing.
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
 * Whether one person may not set a policy alone: where it would let one person do more alone than
 * the one in force does.
 */
export const policyTakesApproval = (from: Thresholds, to: Thresholds): boolean =>
  isLooser(from.grantsAbove, to.grantsAbove) || isLooser(from.priceChangeAboveBps, to.priceChangeAboveBps);

const isLooser = <T extends bigint | number>(from: T | undefined, to: T | undefined): boolean =>
  from !== undefined && (to === undefined || to > from);

export interface RejectProposal extends Proposed {
  readonly reason?: string | undefined;
}
