import { WalletFrozen } from '@tokengrid/contracts';
import { followingOwner, frozen, statusName } from '../state/status.ts';
import type { Wallet } from '../state/wallet.ts';
import { mustBeOpen } from '../state/wallet.ts';
import type { Decided } from '../rules/decided.ts';

/**
 * Who freezes: the operator, or the event that suspended the party, by its revision in the party's
 * stream.
 */
export type FreezeWallet =
  | { readonly by: 'operator'; readonly reason?: string | undefined }
  | { readonly by: 'suspension'; readonly partyRevision: number };

/**
 * Lets nothing leave a wallet but what is under its holds. A wallet that is frozen already stays
 * so. A suspension that a later event of the party has come before leaves the wallet as that made
 * it, which is stated again.
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
