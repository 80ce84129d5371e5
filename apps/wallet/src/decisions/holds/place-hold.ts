import { HoldPlaced, HoldRefused, instantOf } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Actor } from '../rules/actors.ts';
import type { Decided } from '../rules/due.ts';
import { expireDue } from '../rules/due.ts';
import { mostOpenHolds } from '../state/holds.ts';
import { burnDown, lotsTaken } from '../state/lots.ts';
import { availableAccount, heldAccount, moveTokens } from '../rules/postings.ts';
import { attributed, spendingRefusal } from '../rules/limits.ts';
import { spendingBarred } from '../rules/status.ts';
import { ordinaryOf } from '../rules/vouchers.ts';
import type { Wallet } from '../state/wallet.ts';
import type { WalletLane } from '../state/wallet-lane.ts';

export interface PlaceHold {
  readonly holdId: string;
  readonly tokens: bigint;
  readonly expiresInSeconds: number;
  readonly reason: string;
  readonly actor?: Actor | undefined;
}

/**
 * Sets tokens aside for a use that is under way. Refused, in this order, where the wallet is frozen or closed, where too many holds
 * are open, for limits on spending, and for what the wallet does not have.
 */
export function placeHold(state: Wallet, placing: PlaceHold, context: DecisionContext<WalletLane>): Decided {
  const { wallet, expired } = expireDue(state, context);
  const { walletId, holds } = wallet;
  const available = ordinaryOf(wallet);
  const { holdId, tokens, reason } = placing;
  const asked = { walletId, holdId, tokens };
  const barred =
    spendingBarred(wallet) ??
    (holds.length >= mostOpenHolds ? ({ code: 'WALLET.TOO_MANY_HOLDS' } as const) : undefined) ??
    spendingRefusal(wallet, tokens, context.calendar.dayOf(context.time), placing.actor);
  if (barred) return [...expired, HoldRefused({ ...asked, ...barred })];
  if (available < tokens) {
    return [...expired, HoldRefused({ ...asked, code: 'WALLET.INSUFFICIENT_TOKENS', available, required: tokens })];
  }
  const expiresAt = instantOf(context.time + placing.expiresInSeconds * 1000);
  const lots = lotsTaken(burnDown(wallet.lots, tokens));
  const postings = moveTokens(tokens, availableAccount(walletId), heldAccount(walletId));
  return [
    ...expired,
    HoldPlaced({ ...asked, reason, ...attributed(wallet, placing.actor), expiresAt, lots, postings }),
  ];
}
