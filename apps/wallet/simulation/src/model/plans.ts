import { derivedId } from '@tokengrid/contracts';
import type { Handler, ReferenceModel } from './model.ts';
import type { At, Consequences, ModelPlan, ModelWallet } from './state.ts';
import type { Asked } from './asked.ts';
import { availableOf, ofLane } from './state.ts';
import type { Giving } from './giving.ts';
import { upToDate } from './due.ts';
import { exhausted, issued } from './issuance.ts';
import { iso, put } from './lots.ts';
import { closedRefused } from './status.ts';

const retryMs = 3_600_000;

/** domain.md "plan bundles (monthly, expiring)": tokens for the current month. */
function* allot(model: ReferenceModel, wallet: ModelWallet, plan: ModelPlan, tokens: bigint, at: At): Consequences {
  const { planId, transferable, resets } = plan;
  const { id: walletId } = wallet;
  const { month } = at;
  const lotId = `${planId}.${month}`;
  const terms = { source: 'plan', tokens, priority: 10 };
  put(wallet.lots, { ...terms, id: lotId, ends: resets, sellable: transferable, rank: model.nextRank(), planId });
  wallet.plan = { ...plan, renews: Infinity };
  wallet.allotted.set(month, allottedIn(wallet, at) + tokens);
  model.accounts.move(tokens, ofLane(at, 'issuance'), availableOf(walletId));
  const lot = { lotId, ...terms, expiresAt: iso(resets), transferable };
  const grantId = derivedId('grt', lotId);
  yield { type: 'TokensGranted', data: { walletId, grantId, planId, ...ofMonth(at), tokens, lot } };
  yield* issued(model, walletId, tokens, at);
}

const ofMonth = ({ month, timeZone }: At) => ({ month, timeZone });

const allottedIn = ({ allotted }: ModelWallet, { month }: At): bigint => allotted.get(month) ?? 0n;

/** rules "Plan": a new plan's tokens less those already allotted in that month. */
function firstOf(wallet: ModelWallet, { tokens }: Asked, at: At): bigint {
  const more = tokens - allottedIn(wallet, at);
  return more > 0n ? more : 0n;
}

/**
 * Tokens granted every month. New terms continue a wallet's plan, without tokens for the current
 * month.
 */
export const planGrant: Giving = {
  barred: (wallet) => closedRefused(wallet),
  short: (model, wallet, asked, at) => {
    const tokens = wallet.plan ? 0n : firstOf(wallet, asked, at);
    return tokens > 0n ? exhausted(model, { ...asked, tokens }, at) : undefined;
  },
  refused: ({ id: walletId }, _, refusal) => ({ type: 'PlanRefused', data: { walletId, ...refusal } }),
  *give(model, wallet, asked, at) {
    const { tokens, rolloverCap, transferable } = asked;
    const { id: walletId, plan } = wallet;
    const planId = plan?.planId ?? asked.planId;
    const resets = plan?.resets ?? model.days.endOfMonth(at.time);
    const first = plan ? 0n : firstOf(wallet, asked, at);
    wallet.plan = { planId, tokens, rolloverCap, transferable, resets, renews: plan?.renews ?? Infinity };
    const terms = { tokens, rolloverCap, transferable, resetsAt: iso(resets), timeZone: at.timeZone };
    yield { type: 'PlanAssigned', data: { walletId, planId, ...terms } };
    if (first > 0n) yield* allot(model, wallet, wallet.plan, first, at);
  },
};

const endPlan = upToDate(function* (_, wallet) {
  const { id: walletId, plan } = wallet;
  if (!plan) return yield { type: 'PlanRefused', data: { walletId, code: 'NOT_FOUND' } };
  wallet.plan = null;
  yield { type: 'PlanEnded', data: { walletId, planId: plan.planId } };
});

const renewPlan = upToDate(function* (model, wallet, asked, at) {
  const { id: walletId, plan } = wallet;
  if (!plan || plan.renews > at.time) return;
  const { tokens, planId } = plan;
  const refused = exhausted(model, { ...asked, tokens }, at);
  if (!refused) return yield* allot(model, wallet, plan, tokens, at);
  const renews = at.time + retryMs;
  wallet.plan = { ...plan, renews };
  yield { type: 'PlanRenewalRefused', data: { walletId, planId, retryAt: iso(renews), ...refused } };
});

/** Handlers of plans, by command. */
export const planHandlers: Readonly<Record<string, Handler>> = { endPlan, renewPlan };
