import { WalletReopened } from '@tokengrid/contracts';
import { statusName } from '../state/status.ts';
import type { OpenedWallet } from '../state/wallet.ts';

/** Events that reopen a closed wallet for a receipt that can't be declined. */
export function reopened({ walletId, status }: OpenedWallet): readonly ReturnType<typeof WalletReopened>[] {
  if (!status.closed) return [];
  return [WalletReopened({ walletId, status: statusName({ ...status, closed: false }) })];
}
