import { CaptureRefused, HoldCaptured } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { onDay } from './calendar.ts';
import type { Decided } from './expire-due.ts';
import { expireDue } from './expire-due.ts';
import type { KnownHold } from './hold-gone.ts';
import { codeOfGone } from './hold-gone.ts';
import type { Hold } from './holds.ts';
import { holdOf } from './holds.ts';
import { freeCapacity } from './issuance.ts';
import { burnDown, least, lotsTaken } from './lots.ts';
import { availableAccount, heldAccount, laneAccount, moveTokens } from './postings.ts';
import { releaseOf } from './release-hold.ts';
import { alertsOf, roomUnderLimits } from './spending.ts';
import { standingRefusal } from './standing.ts';
import { ordinaryOf } from './vouchers.ts';
import type { OpenWallet, Wallet } from './wallet.ts';
import { afterEvent } from './wallet.ts';
import type { WalletLane } from './wallet-lane.ts';

export interface CaptureHold {
  readonly holdId: string;
  readonly captureId: string;
  readonly tokens: bigint;
  /** Whether nothing more will be captured: what is left goes back to the wallet. */
  readonly final: boolean;
  readonly known: KnownHold;
}

/**
 * Takes what a use under a hold has cost; the tokens are redeemed. What the hold does not cover is taken from the wallet as far as it
 * has it and its limits let it, and what is still missing is recorded as the shortfall: the use has happened. A frozen wallet gives what
 * is under the hold, and nothing beyond it. Refused where the hold has expired or
 * was resolved.
 */
export function captureHold(state: Wallet, capture: CaptureHold, context: DecisionContext<WalletLane>): Decided {
  const { wallet, expired } = expireDue(state, context);
  const { walletId } = wallet;
  const { holdId, captureId, tokens: asked, final } = capture;
  const hold = holdOf(wallet, holdId);
  if (!hold) {
    const code = codeOfGone(capture.known, context.time);
    return [...expired, CaptureRefused({ walletId, holdId, captureId, tokens: asked, code })];
  }
  const within = least(asked, hold.tokens);
  const { day, timeZone } = onDay(context);
  const beyond = least(asked - within, spendableBeyond(wallet, hold, day));
  const tokens = within + beyond;
  const redeemed = laneAccount(context.lane, 'redeemed');
  const taken = HoldCaptured({
    walletId,
    holdId,
    captureId,
    tokens,
    shortfall: asked - tokens,
    final,
    held: hold.tokens - within,
    day,
    timeZone,
    ...(hold.memberId !== undefined && { memberId: hold.memberId }),
    lots: lotsTaken(burnDown(hold.lots, within)),
    beyond: lotsTaken(burnDown(wallet.lots, beyond)),
    postings: [
      ...moveTokens(within, heldAccount(walletId), redeemed),
      ...moveTokens(beyond, availableAccount(walletId), redeemed),
    ],
  });
  const freed = tokens === 0n ? [] : [freeCapacity(walletId, tokens, context.system)];
  const released = final ? releaseOf(afterEvent(wallet, taken), holdId, context) : [];
  return [...expired, taken, ...freed, ...alertsOf(wallet, tokens, { day, timeZone }), ...released];
}

/** µAIT that a capture may take beyond its hold. */
function spendableBeyond(wallet: OpenWallet, { memberId }: Hold, day: string): bigint {
  if (standingRefusal(wallet)) return 0n;
  const ordinary = ordinaryOf(wallet);
  const room = roomUnderLimits(wallet, day, memberId);
  return room === undefined ? ordinary : least(ordinary, room);
}
