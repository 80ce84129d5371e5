import { comeIn, type ReferenceModel } from './model.ts';
import { availableOf, ofLane } from './state.ts';
import type { At, Consequences, ModelPurchase, ModelWallet } from './state.ts';
import type { Asked } from './asked.ts';
import { forgive, owe } from './debt.ts';
import { exhausted, gone, issued } from './issuance.ts';
import { burnOrder, type ModelLot, named, totalOf } from './lots.ts';
import { letIn } from './status.ts';

/** Minor units of a purchase that are back with the party, before and after. */
export interface Change {
  readonly from: bigint;
  readonly to: bigint;
}

type Tallied = Pick<ModelPurchase, 'paid' | 'price' | 'status' | 'refunded' | 'disputed' | 'won'>;

/**
 * rules "Payments in any order": minor units of a purchase that are back with the party: refunded,
 * or disputed and not won.
 */
export function backOf({ paid, price, status, refunded, disputed, won }: Tallied): bigint {
  const all = status === 'completed' ? paid : price.amount;
  const back = refunded + (disputed > won ? disputed - won : 0n);
  return back < all ? back : all;
}

/** rules "proportional, rounded up to a whole µAIT, never above what was credited". */
function tokensFor({ credited, paid }: ModelPurchase, money: bigint): bigint {
  const whole = (credited * money) / paid;
  return whole * paid < credited * money ? whole + 1n : whole;
}

/**
 * rules "what is left of the purchase's own lot first, then other transferable lots in burn order".
 */
function takeBack(wallet: ModelWallet, purchaseId: string, most: bigint): ModelLot[] {
  const sellable = burnOrder(wallet.lots).filter((lot) => lot.sellable);
  const own = sellable.filter(({ id }) => id === purchaseId);
  const taken = new Map<string, ModelLot>();
  let left = most;
  for (const lot of [...own, ...sellable.filter(({ id }) => id !== purchaseId)]) {
    const tokens = lot.tokens < left ? lot.tokens : left;
    if (tokens > 0n) taken.set(lot.id, { ...lot, tokens });
    lot.tokens -= tokens;
    left -= tokens;
  }
  for (const lot of sellable) if (lot.tokens === 0n) wallet.lots.splice(wallet.lots.indexOf(lot), 1);
  return sellable.flatMap(({ id }) => taken.get(id) ?? []);
}

/** Takes back the tokens of reversed money; missing ones become debt. */
export function* reverse(
  model: ReferenceModel,
  wallet: ModelWallet,
  purchase: ModelPurchase,
  kind: 'refund' | 'chargeback' | 'operator',
  { from, to }: Change,
  at: At,
): Consequences {
  const { id: walletId } = wallet;
  const tokens = tokensFor(purchase, to) - tokensFor(purchase, from);
  const lots = takeBack(wallet, purchase.id, tokens);
  const taken = totalOf(lots);
  const debt = tokens - taken;
  model.accounts.move(taken, availableOf(walletId), ofLane(at, 'issuance'));
  owe(model, wallet, debt, at);
  model.accounts.move(to - from, ofLane(at, 'payments'), ofLane(at, 'sales'));
  const price = { ...purchase.price, amount: to - from };
  const data = { walletId, purchaseId: purchase.id, kind, price, tokens, lots: named(lots), debt };
  yield { type: 'PurchaseReversed', data };
  if (taken > 0n) yield* gone(model, walletId, taken, at);
}

const restoredBy = (purchase: ModelPurchase, { from, to }: Change): bigint =>
  tokensFor(purchase, from) - tokensFor(purchase, to);

/** Refusal of restoring tokens: beyond the debt they have to be issued again. */
export function restoringRefused(
  model: ReferenceModel,
  { debt }: ModelWallet,
  purchase: ModelPurchase,
  change: Change,
  asked: Asked,
  at: At,
) {
  const tokens = restoredBy(purchase, change) - debt;
  return tokens > 0n ? exhausted(model, { ...asked, tokens }, at) : undefined;
}

/** rules "dispute_won gives back what was taken, debt first". */
export function* restore(
  model: ReferenceModel,
  wallet: ModelWallet,
  purchase: ModelPurchase,
  change: Change,
  at: At,
): Consequences {
  const { id: walletId } = wallet;
  const { id: purchaseId } = purchase;
  const tokens = restoredBy(purchase, change);
  const debt = tokens < wallet.debt ? tokens : wallet.debt;
  const again = tokens - debt;
  if (again > 0n) yield* letIn(wallet);
  forgive(model, wallet, tokens, at);
  const came = { id: purchaseId, source: 'purchase', sellable: true };
  const parcels = again > 0n ? [{ tokens: again, ends: Infinity }] : [];
  const [lot = null] = comeIn(model, wallet, came, parcels);
  const amount = change.from - change.to;
  model.accounts.move(again, ofLane(at, 'issuance'), availableOf(walletId));
  model.accounts.move(amount, ofLane(at, 'sales'), ofLane(at, 'payments'));
  const price = { ...purchase.price, amount };
  yield { type: 'PurchaseRestored', data: { walletId, purchaseId, price, tokens, debt, lot } };
  if (again > 0n) yield* issued(model, walletId, again, at);
}
