import { CapacityFreed, FeesRetired } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { laneAccount, moveTokens } from '../rules/postings.ts';
import type { WalletLane } from '../state/wallet-lane.ts';
import type { Decided } from '../rules/decided.ts';

export interface RetireFees {
  readonly retirementId: string;
  readonly tokens: bigint;
}

/**
 * Retires the operator's fees as ordered, which reduces the outstanding tokens and frees their
 * capacity.
 */
export function retireFees(
  { issuance }: WalletLane,
  { retirementId, tokens }: RetireFees,
  { lane }: DecisionContext<WalletLane>,
): Decided {
  const postings = moveTokens(tokens, laneAccount(lane, 'fees'), laneAccount(lane, 'redeemed'));
  const freed = CapacityFreed({ tokens, returned: issuance.limit === 'slice' });
  return [FeesRetired({ retirementId, tokens, postings }), freed];
}
