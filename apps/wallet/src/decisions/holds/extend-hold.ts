import { HoldExtended, HoldExtensionRefused, instantOf } from '@tokengrid/contracts';
import type { Actor } from '../rules/actors.ts';
import { actorRefusal, membersBound, saidOf, together } from '../rules/actors.ts';
import { onWallet } from '../rules/due.ts';
import { notOwnRefusal } from '../rules/hold-rights.ts';
import type { KnownHold } from '../rules/resolved-holds.ts';
import { codeOfGone } from '../rules/resolved-holds.ts';
import type { Hold } from '../state/holds.ts';
import { holdOf } from '../state/holds.ts';
import { burnDown, lotsTaken } from '../state/lots.ts';
import { availableAccount, heldAccount, moveTokens } from '../rules/postings.ts';
import { mostMembers } from '../state/spending.ts';
import { capRefusal, limitRefusal } from '../rules/limits.ts';
import { spendingBarred } from '../rules/status.ts';
import { ordinaryOf } from '../rules/vouchers.ts';
import type { OpenedWallet } from '../state/wallet.ts';

export interface ExtendHold {
  readonly holdId: string;
  /** Addition to the hold, in µAIT. */
  readonly tokens: bigint;
  /** New remaining time of the hold, in seconds; never shortens it. Absent: the expiry stays. */
  readonly expiresInSeconds?: number | undefined;
  readonly known: KnownHold;
  readonly actor?: Actor | undefined;
}

/**
 * Extends a hold in amount and time. From then on the whole hold counts against the caps of the
 * members that bind the caller, too.
 *
 * Refusals, in order, which leave the hold unchanged: a caller without a right to it, an expired or
 * resolved hold, a frozen wallet, too many members under the hold, limits on spending, insufficient
 * tokens.
 */
export const extendHold = onWallet('extendHold', (wallet, extension: ExtendHold, context) => {
  const { walletId } = wallet;
  const available = ordinaryOf(wallet);
  const { holdId, tokens, expiresInSeconds } = extension;
  const asked = { walletId, holdId, tokens };
  const hold = holdOf(wallet, holdId);
  const mayNot = actorRefusal(wallet, extension.actor) ?? notOwnRefusal(hold, extension.actor);
  if (mayNot) return [HoldExtensionRefused({ ...asked, ...mayNot })];
  if (!hold) {
    return [HoldExtensionRefused({ ...asked, code: codeOfGone(extension.known, context.time) })];
  }
  const memberIds = together(hold.memberIds, membersBound(wallet, extension.actor));
  const barred =
    spendingBarred(wallet) ?? roomRefusal(wallet, hold, tokens, memberIds, context.calendar.dayOf(context.time));
  if (barred) return [HoldExtensionRefused({ ...asked, ...barred })];
  if (available < tokens) {
    const code = 'WALLET.INSUFFICIENT_TOKENS';
    return [HoldExtensionRefused({ ...asked, code, available, required: tokens })];
  }
  const later = expiresInSeconds === undefined ? 0 : context.time + expiresInSeconds * 1000;
  const expiresAt = instantOf(Math.max(hold.expiresAt, later));
  const lots = lotsTaken(burnDown(wallet.lots, tokens));
  const postings = moveTokens(tokens, availableAccount(walletId), heldAccount(walletId));
  const held = hold.tokens + tokens;
  return [HoldExtended({ ...asked, held, ...saidOf(memberIds), expiresAt, lots, postings })];
});

/**
 * The refusal by limits or caps of an extension, if any. A member new to the hold needs room for
 * all of it.
 */
function roomRefusal(wallet: OpenedWallet, hold: Hold, tokens: bigint, memberIds: readonly string[], day: string) {
  if (memberIds.length > mostMembers) return { code: 'WALLET.TOO_MANY_MEMBERS' } as const;
  const demands = memberIds.map((memberId) => ({
    memberId,
    required: hold.memberIds.includes(memberId) ? tokens : hold.tokens + tokens,
  }));
  return limitRefusal(wallet, tokens, day) ?? capRefusal(wallet, demands, day);
}
