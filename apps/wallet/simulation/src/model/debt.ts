import { type ReferenceModel } from './model.ts';
import { availableOf, ofLane } from './state.ts';
import type { At, Consequences, ModelWallet } from './state.ts';
import { burnLeaving } from './leaving.ts';
import { gone } from './issuance.ts';
import { named, totalOf } from './lots.ts';

/** Account of a wallet's debt, beside the lane's. A debt is not tokens. */
const debtOf = (walletId: string): string => `wallet:${walletId}:debt`;

const least = (one: bigint, other: bigint): bigint => (one < other ? one : other);

/** rules "the rest is debt": adds missing tokens to the debt. */
export function owe(model: ReferenceModel, wallet: ModelWallet, tokens: bigint, at: At): void {
  wallet.debt += tokens;
  model.accounts.move(tokens, debtOf(wallet.id), ofLane(at, 'debts'));
}

/** Reduces a debt by at most an amount; returns the reduction, µAIT. */
export function forgive(model: ReferenceModel, wallet: ModelWallet, most: bigint, at: At): bigint {
  const forgiven = least(wallet.debt, most);
  wallet.debt -= forgiven;
  model.accounts.move(forgiven, ofLane(at, 'debts'), debtOf(wallet.id));
  return forgiven;
}

/** rules "Debt blocks": transferable tokens pay a debt at once, so that a wallet never has both. */
export function* payDebt(model: ReferenceModel, wallet: ModelWallet, at: At): Consequences {
  const { id: walletId } = wallet;
  const there = totalOf(wallet.lots.filter(({ sellable }) => sellable));
  const tokens = forgive(model, wallet, there, at);
  if (tokens === 0n) return;
  const lots = named(burnLeaving(wallet, tokens));
  model.accounts.move(tokens, availableOf(walletId), ofLane(at, 'issuance'));
  yield { type: 'DebtPaid', data: { walletId, tokens, debt: wallet.debt, lots } };
  yield* gone(model, walletId, tokens, at);
}
