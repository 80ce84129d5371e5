import type { Freezer, WalletEvent } from '@tokengrid/contracts';
import { WalletUnfrozen } from '@tokengrid/contracts';
import { statusOf, unfrozen } from './standing.ts';
import type { Wallet } from './wallet.ts';
import { mustBeOpen } from './wallet.ts';

/** Lifts a freeze. The operator's outlasts the end of a suspension, and a suspension outlasts the operator's. */
export function unfreezeWallet(state: Wallet, { by }: { readonly by: Freezer }): readonly WalletEvent[] {
  const { walletId, standing } = mustBeOpen(state);
  return [WalletUnfrozen({ walletId, status: statusOf(unfrozen(standing, by)), by })];
}
