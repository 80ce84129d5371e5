import { CaptureRefused, HoldCaptured } from '@tokengrid/contracts';
import type { Actor } from '../rules/actors.ts';
import { actorRefusal, membersBound, saidOf, together } from '../rules/actors.ts';
import { alertsOf } from '../state/alerts.ts';
import { onDay } from '../state/calendar.ts';
import { onWallet } from '../rules/due.ts';
import type { KnownHold } from '../rules/resolved-holds.ts';
import { codeOfGone } from '../rules/resolved-holds.ts';
import { notOwnRefusal } from '../rules/hold-rights.ts';
import type { Hold } from '../state/holds.ts';
import { holdOf } from '../state/holds.ts';
import { freeCapacity } from '../rules/issuance.ts';
import { burnDown, least, lotsTaken } from '../state/lots.ts';
import { availableAccount, heldAccount, laneAccount, moveTokens } from '../rules/postings.ts';
import { releaseOf } from './release-hold.ts';
import { capRefusal, demandsOf, roomUnderCaps, roomUnderLimits } from '../rules/limits.ts';
import { spendingBarred } from '../rules/status.ts';
import { ordinaryOf } from '../rules/vouchers.ts';
import type { OpenedWallet } from '../state/wallet.ts';
import { afterEvent } from '../state/wallet.ts';
import type { Refusal } from '../rules/decided.ts';

export interface CaptureHold {
  readonly holdId: string;
  readonly captureId: string;
  readonly tokens: bigint;
  /** True for the last capture: the rest of the hold returns to the wallet. */
  readonly final: boolean;
  readonly known: KnownHold;
  readonly actor?: Actor | undefined;
}

/**
 * Captures the cost of a use under a hold; the tokens are redeemed.
 *
 * A cost beyond the hold is taken from the wallet, within its balance, its limits and the caps of
 * all bound members; a frozen wallet pays nothing beyond the hold. The rest is recorded as the
 * shortfall, because the use has happened.
 *
 * Refusals, in order: a caller without a right to the hold, an expired or resolved hold, an amount
 * beyond the caps of a caller that the hold was not placed under.
 */
export const captureHold = onWallet('captureHold', (wallet, capture: CaptureHold, context) => {
  const { walletId } = wallet;
  const { holdId, captureId, tokens: asked, final } = capture;
  const refused = (refusal: Refusal<'captureHold'>) => [
    CaptureRefused({ walletId, holdId, captureId, tokens: asked, ...refusal }),
  ];
  const hold = holdOf(wallet, holdId);
  const mayNot = actorRefusal(wallet, capture.actor) ?? notOwnRefusal(hold, capture.actor);
  if (mayNot) return refused(mayNot);
  if (!hold) return refused({ code: codeOfGone(capture.known, context.time) });
  const within = least(asked, hold.tokens);
  const { day, timeZone } = onDay(context);
  const others = membersBound(wallet, capture.actor).filter((memberId) => !hold.memberIds.includes(memberId));
  const barred = capRefusal(wallet, demandsOf(others, within), day);
  if (barred) return refused(barred);
  const beyond = least(asked - within, spendableBeyond(wallet, hold, { others, within }, day));
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
    ...saidOf(together(hold.memberIds, others)),
    lots: lotsTaken(burnDown(hold.lots, within)),
    beyond: lotsTaken(burnDown(wallet.lots, beyond)),
    postings: [
      ...moveTokens(within, heldAccount(walletId), redeemed),
      ...moveTokens(beyond, availableAccount(walletId), redeemed),
    ],
  });
  const freed = tokens === 0n ? [] : [freeCapacity(walletId, tokens, context.system)];
  const released = final ? releaseOf(afterEvent(wallet, taken), holdId, context) : [];
  return [taken, ...freed, ...alertsOf(wallet, tokens, { day, timeZone }), ...released];
});

/**
 * Members bound by the capture but not by the hold: the captured tokens of the hold count against
 * their caps for the first time.
 */
interface Anew {
  readonly others: readonly string[];
  readonly within: bigint;
}

/** Maximum of a capture beyond its hold, in µAIT. */
function spendableBeyond(wallet: OpenedWallet, hold: Hold, { others, within }: Anew, day: string): bigint {
  if (spendingBarred(wallet)) return 0n;
  const rooms = [
    roomUnderLimits(wallet, day),
    ...hold.memberIds.map((memberId) => roomUnderCaps(wallet, memberId, day)),
    ...others.map((memberId) => roomUnderCaps(wallet, memberId, day)).map((room) => room && room - within),
  ];
  return rooms.reduce<bigint>((most, room) => (room === undefined ? most : least(most, room)), ordinaryOf(wallet));
}
