import {
  type Asked,
  type At,
  availableOf,
  type Consequences,
  type Handler,
  heldOf,
  known,
  type ModelHold,
  type ModelWallet,
  ofLane,
  type ReferenceModel,
} from './model.ts';
import { giveBack, letExpire, upToDate } from './model-expiry.ts';
import { gone } from './model-issuance.ts';
import { burn, dayOf, iso, type ModelLot, named, ordinary, put, totalOf } from './model-lots.ts';
import { alerts, limitRefused, memberOf, roomLeft, spend, spendingRefused } from './model-spending.ts';
import { standingRefused } from './model-standing.ts';

const mostOpen = 256;

/** Tokens go under a hold: behind their equals that are there already. */
function setAside(model: ReferenceModel, wallet: ModelWallet, hold: ModelHold, tokens: bigint): ModelLot[] {
  const taken = burn(wallet.lots, tokens);
  for (const lot of taken) put(hold.lots, { ...lot, rank: model.nextRank() });
  model.accounts.move(tokens, availableOf(wallet.id), heldOf(wallet.id));
  return taken;
}

const insufficient = (available: bigint, required: bigint) => ({
  code: 'WALLET.INSUFFICIENT_TOKENS',
  available,
  required,
});

/** Why nothing can be done about a hold. Who asked in time and was overtaken by an extension is told what it knew. */
function goneCode(wallet: ModelWallet, { holdId, known }: Asked, { time }: At): string {
  const ended = wallet.ended.get(holdId);
  if (ended === undefined) throw new Error(`there was no hold ${holdId} in ${wallet.id}`);
  const { status, expiresAt } = known as Exclude<typeof known, string>;
  const expired = status === 'open' ? expiresAt <= time : status === 'expired';
  return expired ? 'WALLET.HOLD_EXPIRED' : 'WALLET.HOLD_RESOLVED';
}

function placingRefused(wallet: ModelWallet, asked: Asked, at: At) {
  const available = totalOf(ordinary(wallet.lots));
  return (
    standingRefused(wallet) ??
    (wallet.holds.size >= mostOpen ? { code: 'WALLET.TOO_MANY_HOLDS' } : undefined) ??
    spendingRefused(wallet, asked, at) ??
    (available < asked.tokens ? insufficient(available, asked.tokens) : undefined)
  );
}

function* placeHold(model: ReferenceModel, wallet: ModelWallet, asked: Asked, at: At): Consequences {
  const { holdId, tokens, expiresInSeconds, reason } = asked;
  const placing = { walletId: wallet.id, holdId, tokens };
  const refused = placingRefused(wallet, asked, at);
  if (refused) return yield { type: 'HoldRefused', data: { ...placing, ...refused } };
  model.once(`hold ${holdId}`);
  const memberId = memberOf(wallet, asked.spender);
  const hold: ModelHold = { id: holdId, ends: at.time + expiresInSeconds! * 1000, lots: [], memberId };
  wallet.holds.set(holdId, hold);
  const lots = named(setAside(model, wallet, hold, tokens));
  yield { type: 'HoldPlaced', data: known({ ...placing, reason, memberId, expiresAt: iso(hold.ends), lots }) };
}

function extendingRefused(wallet: ModelWallet, hold: ModelHold | undefined, asked: Asked, at: At) {
  if (!hold) return { code: goneCode(wallet, asked, at) };
  const available = totalOf(ordinary(wallet.lots));
  return (
    standingRefused(wallet) ??
    limitRefused(wallet, hold.memberId, asked.tokens, at) ??
    (available < asked.tokens ? insufficient(available, asked.tokens) : undefined)
  );
}

function* extendHold(model: ReferenceModel, wallet: ModelWallet, asked: Asked, at: At): Consequences {
  const { holdId, tokens, expiresInSeconds } = asked;
  const extending = { walletId: wallet.id, holdId, tokens };
  const hold = wallet.holds.get(holdId);
  const refused = extendingRefused(wallet, hold, asked, at);
  if (refused) return yield { type: 'HoldExtensionRefused', data: { ...extending, ...refused } };
  const lots = named(setAside(model, wallet, hold!, tokens));
  if (expiresInSeconds !== undefined) hold!.ends = Math.max(hold!.ends, at.time + expiresInSeconds * 1000);
  const held = totalOf(hold!.lots);
  yield { type: 'HoldExtended', data: { ...extending, held, expiresAt: iso(hold!.ends), lots } };
}

/** µAIT that a capture may take beyond its hold: as far as there are any, and the wallet's standing and limits let it. */
function beyondHold(wallet: ModelWallet, { memberId }: ModelHold, wanted: bigint, at: At): bigint {
  if (standingRefused(wallet)) return 0n;
  const there = totalOf(ordinary(wallet.lots));
  return [wanted, there, roomLeft(wallet, memberId, at) ?? there].reduce((least, each) =>
    each < least ? each : least,
  );
}

function* captureHold(model: ReferenceModel, wallet: ModelWallet, asked: Asked, at: At): Consequences {
  const { holdId, captureId, tokens, final } = asked;
  const capturing = { walletId: wallet.id, holdId, captureId };
  const hold = wallet.holds.get(holdId);
  if (!hold) return yield { type: 'CaptureRefused', data: { ...capturing, tokens, code: goneCode(wallet, asked, at) } };
  const under = totalOf(hold.lots);
  const inside = tokens < under ? tokens : under;
  const outside = beyondHold(wallet, hold, tokens - inside, at);
  const lots = named(burn(hold.lots, inside));
  const beyond = named(burn(wallet.lots, outside));
  model.accounts.move(inside, heldOf(wallet.id), ofLane(at, 'redeemed'));
  model.accounts.move(outside, availableOf(wallet.id), ofLane(at, 'redeemed'));
  const taken = inside + outside;
  const { memberId } = hold;
  spend(wallet, memberId, taken, at);
  const amounts = { tokens: taken, shortfall: tokens - taken, held: under - inside };
  yield {
    type: 'HoldCaptured',
    data: known({ ...capturing, ...amounts, final, day: dayOf(at), timeZone: 'UTC', memberId, lots, beyond }),
  };
  if (taken > 0n) yield* gone(model, wallet.id, taken, at);
  yield* alerts(wallet, at);
  if (!final) return;
  yield giveBack(model, wallet, hold, 'HoldReleased');
  yield* letExpire(model, wallet, at);
}

function* releaseHold(model: ReferenceModel, wallet: ModelWallet, asked: Asked, at: At): Consequences {
  const { holdId } = asked;
  const hold = wallet.holds.get(holdId);
  if (!hold) {
    const code = goneCode(wallet, asked, at);
    return yield { type: 'HoldReleaseRefused', data: { walletId: wallet.id, holdId, code } };
  }
  yield giveBack(model, wallet, hold, 'HoldReleased');
  yield* letExpire(model, wallet, at);
}

/** What becomes of holds, by the names of the decisions. */
export const holdHandlers: Readonly<Record<string, Handler>> = {
  placeHold: upToDate(placeHold),
  extendHold: upToDate(extendHold),
  captureHold: upToDate(captureHold),
  releaseHold: upToDate(releaseHold),
};
