import type { Freezer, WalletEvent } from '@tokengrid/contracts';
import { WalletFrozen } from '@tokengrid/contracts';
import { frozen, statusOf } from './standing.ts';
import type { Wallet } from './wallet.ts';
import { mustBeOpen } from './wallet.ts';

export interface FreezeWallet {
  readonly by: Freezer;
  readonly reason?: string | undefined;
}

/** Lets nothing leave a wallet but what is under its holds. A wallet that is frozen already stays so. */
export function freezeWallet(state: Wallet, { by, reason }: FreezeWallet): readonly WalletEvent[] {
  const { walletId, standing } = mustBeOpen(state);
  const status = statusOf(frozen(standing, by));
  return [WalletFrozen({ walletId, status, by, ...(reason !== undefined && { reason }) })];
}
