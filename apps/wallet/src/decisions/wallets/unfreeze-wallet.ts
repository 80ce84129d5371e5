import { WalletUnfrozen } from '@tokengrid/contracts';
import { followingOwner, statusName, unfrozen } from '../state/status.ts';
import type { Wallet } from '../state/wallet.ts';
import { mustBeOpen } from '../state/wallet.ts';
import type { Decided } from '../rules/decided.ts';

/**
 * Who lifts its freeze: the operator, or the event that reinstated the party, by its revision in
 * the party's stream.
 */
export type UnfreezeWallet =
  { readonly by: 'operator' } | { readonly by: 'suspension'; readonly partyRevision: number };

/**
 * Lifts a freeze. The operator's outlasts the end of a suspension, and a suspension outlasts the
 * operator's. A reinstatement that a later event of the party has come before leaves the wallet as
 * that made it, which is stated again.
 */
export function unfreezeWallet(state: Wallet, unfreeze: UnfreezeWallet): Decided {
  const wallet = mustBeOpen(state);
  const { by } = unfreeze;
  if (by === 'suspension') return followingOwner(wallet, { suspended: false, partyRevision: unfreeze.partyRevision });
  const { walletId, status } = wallet;
  return [WalletUnfrozen({ walletId, status: statusName(unfrozen(status, by)), by })];
}
