import { HoldPlaced, HoldRefused, instantOf } from '@tokengrid/contracts';
import type { Actor } from '../rules/actors.ts';
import { onWallet } from '../rules/due.ts';
import { mostOpenHolds } from '../state/holds.ts';
import { burnDown, lotsTaken } from '../state/lots.ts';
import { availableAccount, heldAccount, moveTokens } from '../rules/postings.ts';
import { attributed, spendingRefusal } from '../rules/limits.ts';
import { spendingBarred } from '../rules/status.ts';
import { ordinaryOf } from '../rules/vouchers.ts';

export interface PlaceHold {
  readonly holdId: string;
  readonly tokens: bigint;
  readonly expiresInSeconds: number;
  readonly reason: string;
  readonly actor?: Actor | undefined;
}

/**
 * Places a hold: sets tokens aside for a use under way. Refusals, in order: a frozen or closed
 * wallet, too many open holds, limits on spending, insufficient tokens.
 */
export const placeHold = onWallet('placeHold', (wallet, placing: PlaceHold, context) => {
  const { walletId, holds } = wallet;
  const available = ordinaryOf(wallet);
  const { holdId, tokens, reason } = placing;
  const asked = { walletId, holdId, tokens };
  const barred =
    spendingBarred(wallet) ??
    (holds.length >= mostOpenHolds ? ({ code: 'WALLET.TOO_MANY_HOLDS' } as const) : undefined) ??
    spendingRefusal(wallet, tokens, context.calendar.dayOf(context.time), placing.actor);
  if (barred) return [HoldRefused({ ...asked, ...barred })];
  if (available < tokens) {
    return [HoldRefused({ ...asked, code: 'WALLET.INSUFFICIENT_TOKENS', available, required: tokens })];
  }
  const expiresAt = instantOf(context.time + placing.expiresInSeconds * 1000);
  const lots = lotsTaken(burnDown(wallet.lots, tokens));
  const postings = moveTokens(tokens, availableAccount(walletId), heldAccount(walletId));
  return [HoldPlaced({ ...asked, reason, ...attributed(wallet, placing.actor), expiresAt, lots, postings })];
});
