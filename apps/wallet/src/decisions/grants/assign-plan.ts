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
  /** Of a new plan; a wallet that has one keeps it under its id. */
  readonly planId: string;
  /** µAIT per month. */
  readonly tokens: bigint;
  readonly rolloverCap: bigint;
  readonly transferable: boolean;
  /** Known once the lane asked for more capacity in vain: what is left beside its slice. */
  readonly capacityLeft?: bigint;
}

/**
 * Gives a wallet a plan, with this month's allotment at once and whole, less what plans that it had
 * before gave in this month; or its plan other terms, which hold from the next month on: this
 * month's allotment stays what it is. A new plan is refused where the operator's capacity does not
 * cover its first allotment.
 * @throws SliceTooSmall while the lane may still get more capacity
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
