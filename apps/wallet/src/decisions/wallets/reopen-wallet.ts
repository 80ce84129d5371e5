import { ReopeningRefused, WalletReopened } from '@tokengrid/contracts';
import { statusName } from '../state/status.ts';
import type { Wallet } from '../state/wallet.ts';
import { mustBeOpen } from '../state/wallet.ts';
import type { Decided } from '../rules/decided.ts';

/**
 * Reopens a closed wallet for the operator; freezes persist. Refused for a wallet that is not
 * closed.
 */
export function reopenWallet(state: Wallet): Decided<'reopenWallet'> {
  const { walletId, status } = mustBeOpen(state);
  if (!status.closed) return [ReopeningRefused({ walletId, code: 'WALLET.NOT_CLOSED' })];
  return [WalletReopened({ walletId, status: statusName({ ...status, closed: false }), by: 'operator' })];
}
