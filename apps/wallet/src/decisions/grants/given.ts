import type { Grant } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { assignPlan } from './assign-plan.ts';
import type { Decided } from '../rules/decided.ts';
import { grantTokens } from './grant-tokens.ts';
import { issueVoucher } from './issue-voucher.ts';
import type { Wallet } from '../state/wallet.ts';
import type { WalletLane } from '../state/wallet-lane.ts';

type Given = Decided<'grantTokens' | 'issueVoucher' | 'assignPlan'>;

/**
 * States the events of a grant, a voucher or a plan, or its refusal.
 * @param capacityLeft capacity left beside the lane's slice, in µAIT; known once the lane's request
 * for more was refused
 * @throws FactNeeded capacity, while the lane may still be granted more capacity
 */
export function give(
  wallet: Wallet,
  grant: Grant,
  capacityLeft: bigint | undefined,
  context: DecisionContext<WalletLane>,
): Given {
  const short = capacityLeft === undefined ? {} : { capacityLeft };
  switch (grant.kind) {
    case 'grant': {
      const expiresAt = grant.expiresAt === null ? undefined : Date.parse(grant.expiresAt);
      return grantTokens(wallet, { ...grant, ...short, expiresAt }, context);
    }
    case 'voucher':
      return issueVoucher(wallet, { ...grant, ...short, expiresAt: Date.parse(grant.expiresAt) }, context);
    case 'plan':
      return assignPlan(wallet, { ...grant, ...short }, context);
  }
}

/** The refusal among decided events, if any. */
export function refusalAmong(decided: Given) {
  for (const event of decided) {
    if (!('type' in event)) continue;
    if (event.type === 'GrantRefused' || event.type === 'VoucherRefused' || event.type === 'PlanRefused') return event;
  }
  return undefined;
}

/** True for a decision without a refusal. */
export const isGiven = (decided: Given): decided is Decided => refusalAmong(decided) === undefined;
