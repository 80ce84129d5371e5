import { WalletFrozen } from '@tokengrid/contracts';
import { followingOwner, frozen, statusName } from '../state/status.ts';
import type { Wallet } from '../state/wallet.ts';
import { mustBeOpen } from '../state/wallet.ts';
import type { Decided } from '../rules/decided.ts';

/** The freezer: the operator, or the party's suspension with its revision in the party's stream. */
export type FreezeWallet =
  | { readonly by: 'operator'; readonly reason?: string | undefined }
  | { readonly by: 'suspension'; readonly partyRevision: number };

/**
 * Freezes a wallet, from which only captures of its holds are then paid; a frozen wallet stays
 * frozen.
 *
 * A suspension that arrives after a later event of the party changes nothing, and the status is
 * stated again.
 */
export function freezeWallet(state: Wallet, freeze: FreezeWallet): Decided {
  const wallet = mustBeOpen(state);
  const { by } = freeze;
  if (by === 'suspension') return followingOwner(wallet, { suspended: true, partyRevision: freeze.partyRevision });
  const { walletId, status } = wallet;
  const { reason } = freeze;
  return [
    WalletFrozen({ walletId, status: statusName(frozen(status, by)), by, ...(reason !== undefined && { reason }) }),
  ];
}
