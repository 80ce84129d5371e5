import { FeesCollected } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { laneAccount, moveTokens } from '../rules/postings.ts';
import type { ReleaseEscrow } from './release-escrow.ts';
import { escrowRefusal } from './release-escrow.ts';
import type { WalletLane } from '../state/wallet-lane.ts';
import type { Decided } from '../rules/decided.ts';

/**
 * Collects the operator's fees of a statement from the lane's escrow. Fees stay in the lane, since
 * the operator has no wallet. Of a negative amount the fees fill the escrow up: they bear what the
 * operator advanced for refunds, and may be below 0 until it is paid back.
 */
export function collectFees(
  lane: WalletLane,
  release: ReleaseEscrow,
  context: DecisionContext<WalletLane>,
): Decided<'collectFees'> {
  const { charged: _, ...earnings } = release;
  const { tokens } = earnings;
  const [escrow, fees] = [laneAccount(context.lane, 'escrow'), laneAccount(context.lane, 'fees')];
  if (tokens < 0n) return [FeesCollected({ ...earnings, postings: moveTokens(-tokens, fees, escrow) })];
  const refused = escrowRefusal(lane, release);
  if (refused) return [refused];
  const postings = moveTokens(tokens, escrow, fees);
  return [FeesCollected({ ...earnings, postings })];
}
