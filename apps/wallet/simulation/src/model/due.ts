import type { Handler, ReferenceModel } from './model.ts';
import type { At, Consequences, ModelWallet } from './state.ts';
import type { Asked } from './asked.ts';
import { payDebt } from './debt.ts';
import { endPlanMonth, giveBack, letExpire } from './expiry.ts';
import { expirePurchases } from './pending.ts';

/**
 * domain.md "Expiry happens on time"; rules "Unpaid purchases": holds, the plan's month, vouchers
 * and other lots, and at last purchases that were not paid.
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
 * What is decided about a wallet begins with what is due in it, and ends with what it owes (rules
 * "Debt blocks").
 */
export const upToDate = (handler: OnWallet): Handler =>
  paying(function* (model, wallet, asked, at) {
    yield* fallDue(model, wallet, at);
    yield* handler(model, wallet, asked, at);
  });

/** Where something only comes in, nothing that is due matters; a debt does. */
export const paying = (handler: OnWallet): Handler =>
  function* (model, asked, at) {
    const wallet = model.wallet(asked.walletId);
    yield* handler(model, wallet, asked, at);
    yield* payDebt(model, wallet, at);
  };
