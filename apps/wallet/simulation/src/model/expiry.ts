import { type ReferenceModel } from './model.ts';
import { availableOf, heldOf, ofLane } from './state.ts';
import type { At, Consequences, Expected, ModelHold, ModelWallet } from './state.ts';
import { gone } from './issuance.ts';
import { burnOrder, iso, type ModelLot, named, put, totalOf } from './lots.ts';
import { forgetGone } from './members.ts';

/**
 * The rest of a plan's tokens rolls over up to its cap, and the remainder expires. Tokens under
 * holds do not roll over.
 */
export function* endPlanMonth(model: ReferenceModel, wallet: ModelWallet, at: At): Consequences {
  const { plan } = wallet;
  if (!plan || plan.resets > at.time) return;
  const { planId, rolloverCap, transferable } = plan;
  const unused = burnOrder(wallet.lots).filter((lot) => lot.planId === planId);
  for (const lot of unused) wallet.lots.splice(wallet.lots.indexOf(lot), 1);
  const left = totalOf(unused);
  const kept = left < rolloverCap ? left : rolloverCap;
  const expired = left - kept;
  const resets = model.days.endOfMonth(at.time);
  const id = `${planId}.${at.month}.rolled`;
  const terms = { source: 'plan', tokens: kept, priority: 10 };
  const rolled = { ...terms, id, ends: resets, sellable: transferable, rank: model.nextRank(), planId };
  if (kept > 0n) put(wallet.lots, rolled);
  wallet.plan = { ...plan, resets, renews: plan.resets };
  model.accounts.move(expired, availableOf(wallet.id), ofLane(at, 'expired'));
  const rolledOver = kept > 0n ? { lotId: id, ...terms, expiresAt: iso(resets), transferable } : null;
  const over = { walletId: wallet.id, planId, lots: named(unused), rolledOver, expired };
  const says = { resetsAt: iso(resets), timeZone: at.timeZone };
  yield { type: 'PlanReset', data: { ...over, ...says } };
  if (expired > 0n) yield* gone(model, wallet.id, expired, at);
}

/** Returns parties' vouchers to their funders, one event each. */
function* returnVouchers(model: ReferenceModel, wallet: ModelWallet, at: At): Consequences {
  const isDue = ({ voucher, ends }: ModelLot) => voucher && voucher.funder !== 'operator' && ends <= at.time;
  const due = burnOrder(wallet.lots).filter(isDue);
  for (const funder of new Set(due.map(({ voucher }) => voucher!.funder))) {
    const lots = due.filter(({ voucher }) => voucher!.funder === funder);
    yield sendBack(model, wallet, funder, lots, at);
  }
}

/** Sends a voucher back to its funder. */
export function sendBack(
  model: ReferenceModel,
  wallet: ModelWallet,
  funder: string,
  lots: readonly ModelLot[],
  at: At,
): Expected {
  for (const lot of lots) wallet.lots.splice(wallet.lots.indexOf(lot), 1);
  const tokens = totalOf(lots);
  const funderWalletId = `wal_${funder.slice(funder.indexOf('_') + 1)}`;
  model.goingBack.push(`${wallet.id} to ${funderWalletId}: ${tokens}`);
  model.accounts.move(tokens, availableOf(wallet.id), ofLane(at, 'in-transit'));
  return { type: 'VoucherReturned', data: { walletId: wallet.id, funderWalletId, tokens, lots: named(lots) } };
}

export function* letExpire(model: ReferenceModel, wallet: ModelWallet, at: At): Consequences {
  yield* returnVouchers(model, wallet, at);
  const due = burnOrder(wallet.lots).filter(({ ends }) => ends <= at.time);
  if (due.length === 0) return;
  for (const lot of due) wallet.lots.splice(wallet.lots.indexOf(lot), 1);
  const tokens = totalOf(due);
  model.accounts.move(tokens, availableOf(wallet.id), ofLane(at, 'expired'));
  yield { type: 'TokensExpired', data: { walletId: wallet.id, tokens, lots: named(due) } };
  yield* gone(model, wallet.id, tokens, at);
}

/** Ends a hold: its tokens come back, first among their equals. */
export function giveBack(
  model: ReferenceModel,
  wallet: ModelWallet,
  hold: ModelHold,
  type: 'HoldExpired' | 'HoldReleased',
) {
  const lots = burnOrder(hold.lots);
  const tokens = totalOf(lots);
  for (const lot of lots.toReversed()) put(wallet.lots, { ...lot, rank: model.firstRank() });
  wallet.holds.delete(hold.id);
  forgetGone(wallet);
  wallet.ended.set(hold.id, type === 'HoldExpired' ? 'expired' : 'resolved');
  model.accounts.move(tokens, heldOf(wallet.id), availableOf(wallet.id));
  return { type, data: { walletId: wallet.id, holdId: hold.id, tokens, lots: named(lots) } };
}
