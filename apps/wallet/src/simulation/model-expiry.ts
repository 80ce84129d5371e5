import {
  type Asked,
  type At,
  availableOf,
  type Consequences,
  type Handler,
  heldOf,
  type ModelHold,
  type ModelWallet,
  ofLane,
  type ReferenceModel,
} from './model.ts';
import { burnOrder, named, put, totalOf } from './model-lots.ts';
import { gone } from './model-issuance.ts';

/** First the holds, then the lots that have reached their end by now. */
export function* fallDue(model: ReferenceModel, wallet: ModelWallet, at: At): Consequences {
  for (const hold of [...wallet.holds.values()]) {
    if (hold.ends <= at.time) yield giveBack(model, wallet, hold, 'HoldExpired');
  }
  yield* letExpire(model, wallet, at);
}

export function* letExpire(model: ReferenceModel, wallet: ModelWallet, at: At): Consequences {
  const due = burnOrder(wallet.lots).filter(({ ends }) => ends <= at.time);
  if (due.length === 0) return;
  for (const lot of due) wallet.lots.splice(wallet.lots.indexOf(lot), 1);
  const tokens = totalOf(due);
  model.accounts.move(tokens, availableOf(wallet.id), ofLane(at, 'expired'));
  yield { type: 'TokensExpired', data: { walletId: wallet.id, tokens, lots: named(due) } };
  yield* gone(model, wallet.id, tokens, at);
}

/** A hold ends: what is under it comes back, first among its equals. */
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
  wallet.ended.set(hold.id, type === 'HoldExpired' ? 'expired' : 'resolved');
  model.accounts.move(tokens, heldOf(wallet.id), availableOf(wallet.id));
  return { type, data: { walletId: wallet.id, holdId: hold.id, tokens, lots: named(lots) } };
}

export type OnWallet = (model: ReferenceModel, wallet: ModelWallet, asked: Asked, at: At) => Consequences;

/** What is decided about a wallet begins with what is due in it. */
export const upToDate = (handler: OnWallet): Handler =>
  function* (model, asked, at) {
    const wallet = model.wallet(asked.walletId);
    yield* fallDue(model, wallet, at);
    yield* handler(model, wallet, asked, at);
  };
