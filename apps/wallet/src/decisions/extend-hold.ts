import { HoldExtended, HoldExtensionRefused, instantOf } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Decided } from './expire-due.ts';
import { expireDue } from './expire-due.ts';
import type { KnownHold } from './hold-gone.ts';
import { codeOfGone } from './hold-gone.ts';
import { holdOf } from './holds.ts';
import { burnDown, lotsTaken } from './lots.ts';
import { availableAccount, heldAccount, moveTokens } from './postings.ts';
import { limitRefusal } from './spending.ts';
import { standingRefusal } from './standing.ts';
import { ordinaryOf } from './vouchers.ts';
import type { Wallet } from './wallet.ts';
import type { WalletLane } from './wallet-lane.ts';

export interface ExtendHold {
  readonly holdId: string;
  /** µAIT on top of what is under it. */
  readonly tokens: bigint;
  /** From now on; without it, the hold keeps its end. Never makes it end sooner. */
  readonly expiresInSeconds?: number | undefined;
  readonly known: KnownHold;
}

/**
 * Sets more tokens aside under a hold, and lets it last longer. Refused, in this order, where the hold has expired or was resolved, where
 * the wallet is frozen, for limits on spending, and for what the wallet does not have; the hold then stays as it was.
 */
export function extendHold(state: Wallet, extension: ExtendHold, context: DecisionContext<WalletLane>): Decided {
  const { wallet, expired } = expireDue(state, context);
  const { walletId } = wallet;
  const available = ordinaryOf(wallet);
  const { holdId, tokens, expiresInSeconds } = extension;
  const asked = { walletId, holdId, tokens };
  const hold = holdOf(wallet, holdId);
  if (!hold) {
    return [...expired, HoldExtensionRefused({ ...asked, code: codeOfGone(extension.known, context.time) })];
  }
  const barred =
    standingRefusal(wallet) ?? limitRefusal(wallet, tokens, context.calendar.dayOf(context.time), hold.memberId);
  if (barred) return [...expired, HoldExtensionRefused({ ...asked, ...barred })];
  if (available < tokens) {
    const code = 'WALLET.INSUFFICIENT_TOKENS';
    return [...expired, HoldExtensionRefused({ ...asked, code, available, required: tokens })];
  }
  const later = expiresInSeconds === undefined ? 0 : context.time + expiresInSeconds * 1000;
  const expiresAt = instantOf(Math.max(hold.expiresAt, later));
  const lots = lotsTaken(burnDown(wallet.lots, tokens));
  const postings = moveTokens(tokens, availableAccount(walletId), heldAccount(walletId));
  return [...expired, HoldExtended({ ...asked, held: hold.tokens + tokens, expiresAt, lots, postings })];
}
