import { derivedId, instantOf, PlanRenewalRefused, TokensGranted } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { monthOf } from '@tokengrid/kernel';
import { onDay } from '../state/calendar.ts';
import type { Decided } from '../rules/decided.ts';
import { onWallet } from '../rules/due.ts';
import { capacityShortOf, useCapacity } from '../rules/issuance.ts';
import { planLot } from '../state/lots.ts';
import { allotmentLotId, mustHavePlan } from '../state/plan.ts';
import { availableAccount, laneAccount, moveTokens } from '../rules/postings.ts';
import type { OpenedWallet } from '../state/wallet.ts';
import type { WalletLane } from '../state/wallet-lane.ts';

/** Time until a renewal that lacked capacity is tried again. */
export const renewalRetryMs = 3_600_000;

export interface RenewPlan {
  /**
   * Capacity left beside the lane's slice, in µAIT; present once the lane's request for more was
   * refused.
   */
  readonly capacityLeft?: bigint;
}

/**
 * Command of the clock: grants a plan's allotment for the month that has begun. A renewal that
 * lacks capacity is tried again an hour later.
 * @throws NothingDue where neither an allotment nor anything else is due
 * @throws FactNeeded capacity, while the lane may still be granted more capacity
 */
export const renewPlan = onWallet('renewPlan', (wallet, { capacityLeft }: RenewPlan, context) => {
  const { walletId, plan } = wallet;
  if (!plan || plan.renewAt === null || plan.renewAt > context.time) return [];
  const { planId, tokens } = plan;
  const available = capacityShortOf(tokens, context.system, context.lane, capacityLeft);
  if (available === undefined) return allotted(wallet, tokens, context);
  const retryAt = instantOf(context.time + renewalRetryMs);
  const refusal = { code: 'WALLET.ISSUANCE_EXHAUSTED', available, required: tokens } as const;
  return [PlanRenewalRefused({ walletId, planId, retryAt, ...refusal })];
});

/** A plan's allotment for the current month, which expires at its end. */
export function allotted(wallet: OpenedWallet, tokens: bigint, context: DecisionContext<WalletLane>): Decided {
  const { walletId } = wallet;
  const plan = mustHavePlan(wallet);
  const { planId } = plan;
  const { day, timeZone } = onDay(context);
  const month = monthOf(day);
  const lotId = allotmentLotId(planId, month);
  const grantId = derivedId('grt', lotId);
  const lot = planLot(lotId, tokens, plan);
  const postings = moveTokens(tokens, laneAccount(context.lane, 'issuance'), availableAccount(walletId));
  return [
    TokensGranted({ walletId, grantId, planId, month, timeZone, tokens, lot, postings }),
    useCapacity(walletId, tokens),
  ];
}
