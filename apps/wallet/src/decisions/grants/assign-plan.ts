import { instantOf, PlanAssigned, PlanRefused } from '@tokengrid/contracts';
import { monthOf } from '@tokengrid/kernel';
import { onDay } from '../state/calendar.ts';
import { onWallet } from '../rules/due.ts';
import { capacityShortOf } from '../rules/issuance.ts';
import { firstAllotment } from '../state/plan.ts';
import { allotted } from './renew-plan.ts';
import { closedRefusal } from '../rules/status.ts';
import { afterEvent } from '../state/wallet.ts';

export interface AssignPlan {
  /** Id for a new plan; a wallet with a plan keeps that plan's id. */
  readonly planId: string;
  /** µAIT per month. */
  readonly tokens: bigint;
  readonly rolloverCap: bigint;
  readonly transferable: boolean;
  /**
   * Capacity left beside the lane's slice, in µAIT; present once the lane's request for more was
   * refused.
   */
  readonly capacityLeft?: bigint;
}

/**
 * Assigns a plan, with the whole allotment of the current month less allotments of earlier plans in
 * it. New terms of a running plan apply from the next month on.
 *
 * Refused for a new plan whose first allotment exceeds the operator's capacity.
 * @throws FactNeeded capacity, while the lane may still be granted more capacity
 */
export const assignPlan = onWallet('assignPlan', (wallet, assignment: AssignPlan, context) => {
  const { walletId, plan } = wallet;
  const { tokens, rolloverCap, transferable } = assignment;
  const closed = closedRefusal(wallet);
  if (closed) return [PlanRefused({ walletId, ...closed })];
  const resetsAt = instantOf(plan?.resetsAt ?? context.calendar.endOfMonth(context.time));
  const { timeZone } = context.calendar;
  const planId = plan?.planId ?? assignment.planId;
  const assigned = PlanAssigned({ walletId, planId, tokens, rolloverCap, transferable, resetsAt, timeZone });
  if (plan) return [assigned];
  const first = firstAllotment(wallet, tokens, monthOf(onDay(context).day));
  if (first === 0n) return [assigned];
  const available = capacityShortOf(first, context.system, context.lane, assignment.capacityLeft);
  if (available !== undefined) {
    const code = 'WALLET.ISSUANCE_EXHAUSTED';
    return [PlanRefused({ walletId, code, available, required: first })];
  }
  return [assigned, ...allotted(afterEvent(wallet, assigned), first, context)];
});
