import type { Handler, ReferenceModel } from './model.ts';
import type { At, Consequences, ModelWallet } from './state.ts';
import type { Asked } from './asked.ts';
import { payDebt } from './debt.ts';
import { endPlanMonth, giveBack, letExpire } from './expiry.ts';
import { expirePurchases } from './pending.ts';

/**
 * domain.md "Expiry happens on time"; rules "Unpaid purchases": holds end, then the plan's month,
 * vouchers and other lots, and last unpaid purchases.
 */
export function* fallDue(model: ReferenceModel, wallet: ModelWallet, at: At): Consequences {
  for (const hold of [...wallet.holds.values()]) {
    if (hold.ends <= at.time) yield giveBack(model, wallet, hold, 'HoldExpired');
  }
  yield* endPlanMonth(model, wallet, at);
  yield* letExpire(model, wallet, at);
  yield* expirePurchases(model, wallet, at);
}

export type OnWallet = (model: ReferenceModel, wallet: ModelWallet, asked: Asked, at: At) => Consequences;

/**
 * A decision about a wallet begins with everything due in it, and ends with its debt (rules "Debt
 * blocks").
 */
export const upToDate = (handler: OnWallet): Handler =>
  paying(function* (model, wallet, asked, at) {
    yield* fallDue(model, wallet, at);
    yield* handler(model, wallet, asked, at);
  });

/** A decision that only brings tokens in: due items do not matter, a debt does. */
export const paying = (handler: OnWallet): Handler =>
  function* (model, asked, at) {
    const wallet = model.wallet(asked.walletId);
    yield* handler(model, wallet, asked, at);
    yield* payDebt(model, wallet, at);
  };
