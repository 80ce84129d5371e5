import type { WalletEvent } from '@tokengrid/contracts';
import { SpendLimitsRefused, SpendLimitsSet } from '@tokengrid/contracts';
import type { Actor } from './actor.ts';
import { liftingRefusal } from './actor.ts';
import type { Wallet } from './wallet.ts';
import { mustBeOpen } from './wallet.ts';

export interface SetSpendLimits {
  /** µAIT per day and month of the operator's; undefined: no limit. */
  readonly daily?: bigint | undefined;
  readonly monthly?: bigint | undefined;
  /** Percentages. */
  readonly alertsAt: readonly number[];
  readonly actor?: Actor | undefined;
}

/**
 * Limits what a wallet may spend from now on; what was spent already today and this month counts. Takes the place of earlier limits. Refused
 * for a key that is under a cap itself.
 */
export function setSpendLimits(state: Wallet, limits: SetSpendLimits): readonly WalletEvent[] {
  const { daily, monthly, alertsAt, actor } = limits;
  const { walletId, members } = mustBeOpen(state);
  const barred = liftingRefusal({ members }, actor);
  if (barred) return [SpendLimitsRefused({ walletId, ...barred })];
  const caps = { ...(daily !== undefined && { daily }), ...(monthly !== undefined && { monthly }) };
  return [SpendLimitsSet({ walletId, ...caps, alertsAt: [...new Set(alertsAt)].sort((a, b) => a - b) })];
}
