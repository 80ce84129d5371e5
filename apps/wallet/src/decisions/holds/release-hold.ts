import { HoldReleased, HoldReleaseRefused } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Actor } from '../rules/actors.ts';
import { actorRefusal } from '../rules/actors.ts';
import type { Decided } from '../rules/decided.ts';
import { expireDue, onWallet } from '../rules/due.ts';
import type { KnownHold } from '../rules/resolved-holds.ts';
import { codeOfGone } from '../rules/resolved-holds.ts';
import { notOwnRefusal } from '../rules/hold-rights.ts';
import { holdOf } from '../state/holds.ts';
import { lotsTaken } from '../state/lots.ts';
import { availableAccount, heldAccount, moveTokens } from '../rules/postings.ts';
import type { OpenedWallet } from '../state/wallet.ts';
import { afterEvent } from '../state/wallet.ts';
import type { WalletLane } from '../state/wallet-lane.ts';

export interface ReleaseHold {
  readonly holdId: string;
  readonly known: KnownHold;
  readonly actor?: Actor | undefined;
}

/**
 * Releases a hold: its tokens become available again. Refusals, in order: a caller without a right
 * to the hold, an expired or resolved hold.
 */
export const releaseHold = onWallet('releaseHold', (wallet, { holdId, known, actor }: ReleaseHold, context) => {
  const { walletId } = wallet;
  const hold = holdOf(wallet, holdId);
  const mayNot = actorRefusal(wallet, actor) ?? notOwnRefusal(hold, actor);
  if (mayNot) return [HoldReleaseRefused({ walletId, holdId, ...mayNot })];
  if (!hold) {
    return [HoldReleaseRefused({ walletId, holdId, code: codeOfGone(known, context.time) })];
  }
  return releaseOf(wallet, holdId, context);
});

/** Events that end an open hold and expire the returned lots that are past their expiry. */
export function releaseOf(wallet: OpenedWallet, holdId: string, context: DecisionContext<WalletLane>): Decided {
  const { walletId } = wallet;
  const { tokens, lots } = holdOf(wallet, holdId)!;
  const postings = moveTokens(tokens, heldAccount(walletId), availableAccount(walletId));
  const released = HoldReleased({ walletId, holdId, tokens, lots: lotsTaken(lots), postings });
  return [released, ...expireDue(afterEvent(wallet, released), context).expired];
}
