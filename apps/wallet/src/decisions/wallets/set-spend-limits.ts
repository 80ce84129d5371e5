import { SpendLimitsRefused, SpendLimitsSet } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Actor } from '../rules/actors.ts';
import { liftingRefusal } from '../rules/actors.ts';
import { alertsOf } from '../state/alerts.ts';
import { onDay } from '../state/calendar.ts';
import type { Wallet } from '../state/wallet.ts';
import { afterEvent, mustBeOpen } from '../state/wallet.ts';
import type { WalletLane } from '../state/wallet-lane.ts';
import type { Decided } from '../rules/decided.ts';

export interface SetSpendLimits {
  /** Limits in µAIT per day and month in the operator's zone; undefined: no limit. */
  readonly daily?: bigint | undefined;
  readonly monthly?: bigint | undefined;
  /** Thresholds of alerts, in percent of a limit. */
  readonly alertsAt: readonly number[];
  readonly actor?: Actor | undefined;
}

/**
 * Sets a wallet's limits on spending in place of earlier ones; refused for a key under a cap.
 * Spending of the current day and month counts, and raises the alerts of thresholds already
 * reached.
 */
export function setSpendLimits(
  state: Wallet,
  limits: SetSpendLimits,
  context: DecisionContext<WalletLane>,
): Decided<'setSpendLimits'> {
  const { daily, monthly, alertsAt, actor } = limits;
  const wallet = mustBeOpen(state);
  const { walletId } = wallet;
  const barred = liftingRefusal(wallet, actor);
  if (barred) return [SpendLimitsRefused({ walletId, ...barred })];
  const caps = { ...(daily !== undefined && { daily }), ...(monthly !== undefined && { monthly }) };
  const set = SpendLimitsSet({ walletId, ...caps, alertsAt: [...new Set(alertsAt)].sort((a, b) => a - b) });
  return [set, ...alertsOf(afterEvent(wallet, set), 0n, onDay(context))];
}
