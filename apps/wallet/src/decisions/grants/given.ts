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
 * Gives what the operator gives.
 * @param capacityLeft known once the lane asked for more capacity in vain: what is left beside its
 * slice
 * @throws SliceTooSmall while the lane may still get more capacity
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

/** Why something was not given, if it was not. */
export function refusalAmong(decided: Given) {
  for (const event of decided) {
    if (!('type' in event)) continue;
    if (event.type === 'GrantRefused' || event.type === 'VoucherRefused' || event.type === 'PlanRefused') return event;
  }
  return undefined;
}

/** Whether it was given. */
export const isGiven = (decided: Given): decided is Decided => refusalAmong(decided) === undefined;
