import type { WalletEvent } from '@tokengrid/contracts';
import { SpendLimitsSet } from '@tokengrid/contracts';
import type { Wallet } from './wallet.ts';
import { mustBeOpen } from './wallet.ts';

export interface SetSpendLimits {
  /** µAIT per day and month of the operator's; undefined: no limit. */
  readonly daily?: bigint | undefined;
  readonly monthly?: bigint | undefined;
  /** Percentages. */
  readonly alertsAt: readonly number[];
}

/** Limits what a wallet may spend from now on; what was spent already today and this month counts. Takes the place of earlier limits. */
export function setSpendLimits(state: Wallet, { daily, monthly, alertsAt }: SetSpendLimits): readonly WalletEvent[] {
  const { walletId } = mustBeOpen(state);
  const caps = { ...(daily !== undefined && { daily }), ...(monthly !== undefined && { monthly }) };
  return [SpendLimitsSet({ walletId, ...caps, alertsAt: [...new Set(alertsAt)].sort((a, b) => a - b) })];
}
