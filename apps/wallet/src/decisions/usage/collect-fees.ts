import { FeesCollected } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { laneAccount, moveTokens } from '../rules/postings.ts';
import type { ReleaseEscrow } from './release-escrow.ts';
import { escrowRefusal } from './release-escrow.ts';
import type { WalletLane } from '../state/wallet-lane.ts';
import type { Decided } from '../rules/decided.ts';

/**
 * Collects the operator's fees of a statement from the lane's escrow. Fees stay in the lane, since
 * the operator has no wallet.
 */
export function collectFees(
  lane: WalletLane,
  release: ReleaseEscrow,
  context: DecisionContext<WalletLane>,
): Decided<'collectFees'> {
  const refused = escrowRefusal(lane, release);
  if (refused) return [refused];
  const { charged: _, ...earnings } = release;
  const postings = moveTokens(release.tokens, laneAccount(context.lane, 'escrow'), laneAccount(context.lane, 'fees'));
  return [FeesCollected({ ...earnings, postings })];
}
