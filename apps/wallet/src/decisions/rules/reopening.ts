import { WalletReopened } from '@tokengrid/contracts';
import { statusName } from '../state/status.ts';
import type { OpenedWallet } from '../state/wallet.ts';

/**
 * What to state before something comes in that cannot be declined: a closed wallet opens again for
 * it.
 */
export function reopened({ walletId, status }: OpenedWallet): readonly ReturnType<typeof WalletReopened>[] {
  if (!status.closed) return [];
  return [WalletReopened({ walletId, status: statusName({ ...status, closed: false }) })];
}
