import { derivedId } from '@tokengrid/contracts';
import type { Asked, At, Consequences, Handler, ModelWallet, ReferenceModel } from './model.ts';
import { availableOf, ofLane } from './model.ts';
import type { Giving } from './model-approvals.ts';
import { upToDate } from './model-expiry.ts';
import { exhausted, issued } from './model-issuance.ts';
import { endOfMonth, iso, put } from './model-lots.ts';
import { closedRefused } from './model-standing.ts';

const retryMs = 3_600_000;

const monthOf = ({ time }: At): string => iso(time).slice(0, 7);
const allottedIn = ({ allotted }: ModelWallet, at: At): bigint => allotted.get(monthOf(at)) ?? 0n;

/** What a new plan gives at once: what it gives more than was given this month already. */
function firstOf(wallet: ModelWallet, tokens: bigint, at: At): bigint {
  const more = tokens - allottedIn(wallet, at);
  return more > 0n ? more : 0n;
}

/** A plan's tokens for the month that it is in. */
function* allot(model: ReferenceModel, wallet: ModelWallet, tokens: bigint, at: At): Consequences {
  const plan = wallet.plan!;
  const { planId, transferable, resets } = plan;
  const { id: walletId } = wallet;
  const lotId = `${planId}.${iso(at.time).slice(0, 7)}`;
  const terms = { source: 'plan', tokens, priority: 10 };
  put(wallet.lots, { ...terms, id: lotId, ends: resets, sellable: transferable, rank: model.nextRank(), planId });
  wallet.plan = { ...plan, renews: Infinity };
  wallet.allotted.set(monthOf(at), allottedIn(wallet, at) + tokens);
  model.accounts.move(tokens, ofLane(at, 'issuance'), availableOf(walletId));
  const lot = { lotId, ...terms, expiresAt: iso(resets), transferable };
  yield {
    type: 'TokensGranted',
    data: {
      walletId,
      grantId: derivedId('grt', lotId),
      planId,
      month: iso(at.time).slice(0, 7),
      timeZone: 'UTC',
      tokens,
      lot,
    },
  };
  yield* issued(model, walletId, tokens, at);
}

/** Tokens that the operator gives every month. Who has a plan keeps it, with other terms, and gets nothing for this month. */
export const planGift: Giving = {
  barred: (wallet) => closedRefused(wallet),
  short: (model, wallet, asked, at) => {
    const tokens = wallet.plan ? 0n : firstOf(wallet, asked.tokens, at);
    return tokens > 0n ? exhausted(model, { ...asked, tokens }, at) : undefined;
  },
  refused: ({ id: walletId }, _, refusal) => ({ type: 'PlanRefused', data: { walletId, ...refusal } }),
  *give(model, wallet, asked, at) {
    const { tokens, rolloverCap, transferable } = asked;
    const { id: walletId, plan } = wallet;
    const planId = plan?.planId ?? asked.planId;
    const resets = plan?.resets ?? endOfMonth(at.time);
    wallet.plan = { planId, tokens, rolloverCap, transferable, resets, renews: plan?.renews ?? Infinity };
    const terms = { tokens, rolloverCap, transferable, resetsAt: iso(resets), timeZone: 'UTC' };
    yield { type: 'PlanAssigned', data: { walletId, planId, ...terms } };
    const first = plan ? 0n : firstOf(wallet, tokens, at);
    if (first > 0n) yield* allot(model, wallet, first, at);
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
  const refused = exhausted(model, { ...asked, tokens: plan.tokens } as Asked, at);
  if (!refused) return yield* allot(model, wallet, plan.tokens, at);
  const renews = at.time + retryMs;
  wallet.plan = { ...plan, renews };
  yield { type: 'PlanRenewalRefused', data: { walletId, planId: plan.planId, retryAt: iso(renews), ...refused } };
});

/** What a plan gives every month, by the names of the decisions. */
export const planHandlers: Readonly<Record<string, Handler>> = { endPlan, renewPlan };
