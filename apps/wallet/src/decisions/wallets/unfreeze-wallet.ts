import { WalletUnfrozen } from '@tokengrid/contracts';
import { followingOwner, statusName, unfrozen } from '../state/status.ts';
import type { Wallet } from '../state/wallet.ts';
import { mustBeOpen } from '../state/wallet.ts';
import type { Decided } from '../rules/decided.ts';

/**
 * The freezer that lifts its freeze: the operator, or the party's reinstatement with its revision
 * in the party's stream.
 */
export type UnfreezeWallet =
  { readonly by: 'operator' } | { readonly by: 'suspension'; readonly partyRevision: number };

/**
 * Lifts a freeze of the operator or of a suspension; the other's persists. A reinstatement that
 * arrives after a later event of the party changes nothing, and the status is stated again.
 */
export function unfreezeWallet(state: Wallet, unfreeze: UnfreezeWallet): Decided {
  const wallet = mustBeOpen(state);
  const { by } = unfreeze;
  if (by === 'suspension') return followingOwner(wallet, { suspended: false, partyRevision: unfreeze.partyRevision });
  const { walletId, status } = wallet;
  return [WalletUnfrozen({ walletId, status: statusName(unfrozen(status, by)), by })];
}
