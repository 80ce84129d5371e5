import { comeIn, type ReferenceModel } from './model.ts';
import { availableOf, known, ofLane } from './state.ts';
import type { At, Consequences, Expected, ModelPurchase, ModelWallet } from './state.ts';
import { type Money } from './asked.ts';
import { unreserve } from './issuance.ts';

/** Credits purchased tokens; the money is in the account of `debtor`. */
export function bought(
  model: ReferenceModel,
  wallet: ModelWallet,
  { id, tokens }: { readonly id: string; readonly tokens: bigint },
  money: Money,
  debtor: string,
  at: At,
) {
  const came = { id, source: 'purchase', sellable: true };
  const [lot] = comeIn(model, wallet, came, [{ tokens, ends: Infinity }]);
  model.accounts.move(tokens, ofLane(at, 'issuance'), availableOf(wallet.id));
  model.accounts.move(money.amount, ofLane(at, 'sales'), debtor);
  return lot;
}

export const pendingOf = ({ purchases }: ModelWallet): readonly ModelPurchase[] =>
  [...purchases.values()].filter(({ status }) => status === 'pending');

type Ordered = Pick<ModelPurchase, 'id' | 'ordered' | 'price' | 'priceVersion' | 'until' | 'expires' | 'month'>;

export function wait(wallet: ModelWallet, ordered: Ordered): void {
  const money = { paid: 0n, credited: 0n, refunded: 0n, disputed: 0n, won: 0n };
  wallet.purchases.set(ordered.id, { ...ordered, ...money, status: 'pending', paymentId: undefined });
  wallet.countedMonthly.push({ month: ordered.month, kind: 'provider', amount: ordered.price.amount });
}

/**
 * rules "Unpaid purchases": one that ends unpaid frees its capacity and its room under the limit.
 */
export function* giveUp(
  model: ReferenceModel,
  wallet: ModelWallet,
  purchase: ModelPurchase,
  status: 'failed' | 'cancelled' | 'expired',
  says: Expected['data'],
  at: At,
): Consequences {
  const type = { failed: 'PurchaseFailed', cancelled: 'PurchaseCancelled', expired: 'PurchaseExpired' }[status];
  const { id: purchaseId, ordered: tokens, month, price } = purchase;
  purchase.status = status;
  wallet.countedMonthly.push({ month, kind: 'provider', amount: -price.amount });
  yield { type, data: known({ walletId: wallet.id, purchaseId, tokens, ...says }) };
  yield* unreserve(model, wallet.id, tokens, at);
}

/** rules "Unpaid purchases": pending until its time, and no longer. */
export function* expirePurchases(model: ReferenceModel, wallet: ModelWallet, at: At): Consequences {
  for (const purchase of pendingOf(wallet)) {
    if (purchase.expires <= at.time) yield* giveUp(model, wallet, purchase, 'expired', {}, at);
  }
}
