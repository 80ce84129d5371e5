import { type Handler, type ReferenceModel } from './model.ts';
import { availableOf, heldOf, known, ofLane, onDay } from './state.ts';
import type { At, Consequences, ModelHold, ModelWallet, Refusal } from './state.ts';
import type { Asked } from './asked.ts';
import { bindingOf, rightRefused, saying } from './actors.ts';
import { upToDate } from './due.ts';
import { giveBack, letExpire } from './expiry.ts';
import { gone } from './issuance.ts';
import { alerts, limitRefused, membersRefused, roomLeft, spend } from './limits.ts';
import { burn, iso, type ModelLot, named, ordinary, put, totalOf } from './lots.ts';
import { mostMembers } from './members.ts';
import { statusRefused } from './status.ts';

/** rules/tokens.md "Holds": open holds of one wallet. */
const mostOpen = 256;

type Refused = Refusal | undefined;

/** Puts tokens under a hold, behind equal ones. */
function setAside(model: ReferenceModel, wallet: ModelWallet, hold: ModelHold, tokens: bigint): ModelLot[] {
  const taken = burn(wallet.lots, tokens);
  for (const lot of taken) put(hold.lots, { ...lot, rank: model.nextRank() });
  model.accounts.move(tokens, availableOf(wallet.id), heldOf(wallet.id));
  return taken;
}

/** domain.md "Holds": the balance never goes below zero. Vouchers pay for uses, not for holds. */
function fundsRefused({ lots }: ModelWallet, required: bigint): Refused {
  const available = totalOf(ordinary(lots));
  return available < required ? { code: 'WALLET.INSUFFICIENT_TOKENS', available, required } : undefined;
}

/**
 * Refusal of a step on a hold that has ended. A caller overtaken by an extension is refused by the
 * hold that it knew.
 */
function goneRefused(wallet: ModelWallet, { holdId, known }: Asked, { time }: At): Refusal {
  const ended = wallet.ended.get(holdId);
  if (ended === undefined) throw new Error(`there was no hold ${holdId} in ${wallet.id}`);
  const { status, expiresAt } = known as Exclude<typeof known, string>;
  const expired = status === 'open' ? expiresAt <= time : status === 'expired';
  return { code: expired ? 'WALLET.HOLD_EXPIRED' : 'WALLET.HOLD_RESOLVED' };
}

/**
 * rules "Rights when used": a later step needs a right at its time; a member has none in another's
 * hold.
 */
function stepRefused(wallet: ModelWallet, asked: Asked, at: At): Refused {
  const hold = wallet.holds.get(asked.holdId);
  const memberId = asked.actor?.memberId;
  const isForeign = hold !== undefined && memberId !== undefined && !hold.memberIds.includes(memberId);
  return (
    rightRefused(wallet, asked) ??
    (isForeign ? { code: 'NOT_FOUND' } : undefined) ??
    (hold ? undefined : goneRefused(wallet, asked, at))
  );
}

const union = (one: readonly string[], other: readonly string[]): readonly string[] => [...new Set([...one, ...other])];

function placingRefused(wallet: ModelWallet, asked: Asked, memberIds: readonly string[], at: At): Refused {
  return (
    statusRefused(wallet) ??
    (wallet.holds.size >= mostOpen ? { code: 'WALLET.TOO_MANY_HOLDS' } : undefined) ??
    rightRefused(wallet, asked) ??
    limitRefused(wallet, asked.tokens, memberIds, at) ??
    fundsRefused(wallet, asked.tokens)
  );
}

/** rules "Hold, placed": it is under the caps of all members that the action binds. */
function* placeHold(model: ReferenceModel, wallet: ModelWallet, asked: Asked, at: At): Consequences {
  const { holdId, tokens, expiresInSeconds, reason } = asked;
  const placing = { walletId: wallet.id, holdId, tokens };
  const memberIds = bindingOf(wallet, asked);
  const refused = placingRefused(wallet, asked, memberIds, at);
  if (refused) return yield { type: 'HoldRefused', data: { ...placing, ...refused } };
  model.once(`hold ${holdId}`);
  const hold: ModelHold = { id: holdId, ends: at.time + expiresInSeconds! * 1000, lots: [], memberIds };
  wallet.holds.set(holdId, hold);
  const lots = named(setAside(model, wallet, hold, tokens));
  const says = { reason, memberIds: saying(memberIds), expiresAt: iso(hold.ends), lots };
  yield { type: 'HoldPlaced', data: known({ ...placing, ...says }) };
}

/** rules "Hold, extended": a new member needs room for the whole hold. */
function extendingRefused(
  wallet: ModelWallet,
  hold: ModelHold,
  { tokens }: Asked,
  memberIds: readonly string[],
  at: At,
): Refused {
  const needs = (memberId: string) => (hold.memberIds.includes(memberId) ? tokens : totalOf(hold.lots) + tokens);
  return (
    statusRefused(wallet) ??
    (memberIds.length > mostMembers ? { code: 'WALLET.TOO_MANY_MEMBERS' } : undefined) ??
    limitRefused(wallet, tokens, memberIds, at, needs) ??
    fundsRefused(wallet, tokens)
  );
}

function* extendHold(model: ReferenceModel, wallet: ModelWallet, asked: Asked, at: At): Consequences {
  const { holdId, tokens, expiresInSeconds } = asked;
  const extending = { walletId: wallet.id, holdId, tokens };
  const hold = wallet.holds.get(holdId);
  const memberIds = union(hold?.memberIds ?? [], bindingOf(wallet, asked));
  const refused = stepRefused(wallet, asked, at) ?? extendingRefused(wallet, hold!, asked, memberIds, at);
  if (refused) return yield { type: 'HoldExtensionRefused', data: { ...extending, ...refused } };
  hold!.memberIds = memberIds;
  const lots = named(setAside(model, wallet, hold!, tokens));
  if (expiresInSeconds !== undefined) hold!.ends = Math.max(hold!.ends, at.time + expiresInSeconds * 1000);
  const says = { held: totalOf(hold!.lots), memberIds: saying(memberIds), expiresAt: iso(hold!.ends), lots };
  yield { type: 'HoldExtended', data: known({ ...extending, ...says }) };
}

/**
 * rules "Hold, captured": µAIT beyond the hold, bounded by tokens and limits; the rest is the
 * shortfall.
 */
function beyondHold(
  wallet: ModelWallet,
  wanted: bigint,
  memberIds: readonly string[],
  at: At,
  takenBy: (memberId: string) => bigint,
): bigint {
  if (statusRefused(wallet)) return 0n;
  const there = totalOf(ordinary(wallet.lots));
  const room = roomLeft(wallet, memberIds, at, takenBy) ?? there;
  return [wanted, there, room].reduce((least, each) => (each < least ? each : least));
}

function* captureHold(model: ReferenceModel, wallet: ModelWallet, asked: Asked, at: At): Consequences {
  const { holdId, captureId, tokens, final } = asked;
  const capturing = { walletId: wallet.id, holdId, captureId };
  const hold = wallet.holds.get(holdId);
  const under = hold ? totalOf(hold.lots) : 0n;
  const inside = tokens < under ? tokens : under;
  const binding = bindingOf(wallet, asked);
  const others = binding.filter((memberId) => !hold?.memberIds.includes(memberId));
  const refused = stepRefused(wallet, asked, at) ?? membersRefused(wallet, inside, others, at);
  if (refused) return yield { type: 'CaptureRefused', data: { ...capturing, tokens, ...refused } };
  const memberIds = union(hold!.memberIds, binding);
  const takenBy = (memberId: string) => (others.includes(memberId) ? inside : 0n);
  const outside = beyondHold(wallet, tokens - inside, memberIds, at, takenBy);
  const lots = named(burn(hold!.lots, inside));
  const beyond = named(burn(wallet.lots, outside));
  model.accounts.move(inside, heldOf(wallet.id), ofLane(at, 'redeemed'));
  model.accounts.move(outside, availableOf(wallet.id), ofLane(at, 'redeemed'));
  const taken = inside + outside;
  spend(wallet, memberIds, taken, at);
  const amounts = { tokens: taken, shortfall: tokens - taken, held: under - inside };
  const says = { ...amounts, final, ...onDay(at), memberIds: saying(memberIds), lots, beyond };
  yield { type: 'HoldCaptured', data: known({ ...capturing, ...says }) };
  if (taken > 0n) yield* gone(model, wallet.id, taken, at);
  yield* alerts(wallet, at);
  if (!final) return;
  yield giveBack(model, wallet, hold!, 'HoldReleased');
  yield* letExpire(model, wallet, at);
}

function* releaseHold(model: ReferenceModel, wallet: ModelWallet, asked: Asked, at: At): Consequences {
  const { holdId } = asked;
  const refused = stepRefused(wallet, asked, at);
  if (refused) return yield { type: 'HoldReleaseRefused', data: { walletId: wallet.id, holdId, ...refused } };
  yield giveBack(model, wallet, wallet.holds.get(holdId)!, 'HoldReleased');
  yield* letExpire(model, wallet, at);
}

/** Handlers of holds, by command. */
export const holdHandlers: Readonly<Record<string, Handler>> = {
  placeHold: upToDate(placeHold),
  extendHold: upToDate(extendHold),
  captureHold: upToDate(captureHold),
  releaseHold: upToDate(releaseHold),
};
