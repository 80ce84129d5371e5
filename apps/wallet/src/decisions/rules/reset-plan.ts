import type { WalletEvent } from '@tokengrid/contracts';
import { instantOf, PlanReset } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { monthOf } from '@tokengrid/kernel';
import { lotsTaken, planLot, sumOf } from '../state/lots.ts';
import type { Plan } from '../state/plan.ts';
import { isOf, rolloverLotId } from '../state/plan.ts';
import { availableAccount, laneAccount, moveTokens } from './postings.ts';
import type { OpenedWallet } from '../state/wallet.ts';
import type { WalletLane } from '../state/wallet-lane.ts';

type Reset = Extract<WalletEvent, { readonly type: 'PlanReset' }>;

/** True once the month of a wallet's plan is over. */
export const isResetDue = ({ plan }: Pick<OpenedWallet, 'plan'>, time: number): boolean =>
  plan !== null && plan.resetsAt <= time;

/**
 * Ends a plan's month: its remaining tokens roll over up to the cap, the rest expires. Held tokens
 * expire on their return.
 *
 * After a downtime of months there is one reset, without allotments for the months between.
 */
export function resetPlan(
  wallet: OpenedWallet,
  plan: Plan,
  { time, calendar, lane }: DecisionContext<WalletLane>,
): Reset {
  const { walletId } = wallet;
  const { planId, rolloverCap } = plan;
  const unused = wallet.lots.filter((lot) => isOf(plan, lot));
  const left = sumOf(unused);
  const kept = left < rolloverCap ? left : rolloverCap;
  const expired = left - kept;
  const resetsAt = calendar.endOfMonth(time);
  const rolledOver =
    kept === 0n ? null : planLot(rolloverLotId(planId, monthOf(calendar.dayOf(time))), kept, { ...plan, resetsAt });
  const postings = moveTokens(expired, availableAccount(walletId), laneAccount(lane, 'expired'));
  return PlanReset({
    ...{ walletId, planId, lots: lotsTaken(unused), rolledOver, expired },
    ...{ resetsAt: instantOf(resetsAt), timeZone: calendar.timeZone, postings },
  });
}
