import { type Handler, type ReferenceModel } from './model.ts';
import { known, onDay } from './state.ts';
import type { At, Consequences, ModelWallet, Refusal } from './state.ts';
import type { Asked, Money } from './asked.ts';
import { bindingOf, saying } from './actors.ts';
import { upToDate } from './due.ts';
import { exhausted, issued, reserve, reservingRefused } from './issuance.ts';
import { bought, giveUp, pendingOf, wait } from './pending.ts';
import { membersRefused, spendUnderCaps } from './limits.ts';
import { iso } from './lots.ts';
import { marketRefused, termsOf, useUp } from './market.ts';
import { barredByStatus, statusRefused } from './status.ts';

/** rules/payments.md "Payment provider": maximum number of a wallet's pending purchases. */
const mostPending = 20;

/**
 * domain.md "Buy": on the bill within its monthly limit, and under the caps of the buyer's keys.
 */
function billRefused(model: ReferenceModel, wallet: ModelWallet, price: Money, asked: Asked, at: At) {
  return (
    statusRefused(wallet) ??
    marketRefused(wallet, 'bill', asked, at, price.amount) ??
    membersRefused(wallet, asked.tokens, bindingOf(wallet, asked), at) ??
    exhausted(model, asked, at)
  );
}

/**
 * rules "Unpaid purchases": a pending purchase counts against limits, and is bounded in number and
 * in reserved capacity. A debt does not bar it.
 */
function paidRefused(model: ReferenceModel, wallet: ModelWallet, price: Money, asked: Asked, at: At) {
  const isFull = pendingOf(wallet).length >= mostPending;
  return (
    barredByStatus(wallet) ??
    marketRefused(wallet, 'provider', asked, at, price.amount) ??
    (isFull ? { code: 'WALLET.TOO_MANY_PURCHASES' } : undefined) ??
    (price.amount === 0n ? exhausted(model, asked, at) : reservingRefused(model, asked, at))
  );
}

function refusedBy(...all: Parameters<typeof billRefused>): Refusal | undefined {
  return all[3].method === 'carrier-bill' ? billRefused(...all) : paidRefused(...all);
}

function* purchaseTokens(model: ReferenceModel, wallet: ModelWallet, asked: Asked, at: At): Consequences {
  const { purchaseId, tokens, method } = asked;
  const { id: walletId } = wallet;
  const terms = termsOf(wallet, 'buy', asked, at);
  const refused = 'code' in terms ? { code: terms.code } : refusedBy(model, wallet, terms.price, asked, at);
  if (refused) return yield { type: 'PurchaseRefused', data: { walletId, purchaseId, tokens, ...refused } };
  if ('code' in terms) return;
  const { price, priceVersion, quoteId, holdsUntil } = terms;
  useUp(wallet, quoteId);
  const purchase = { walletId, purchaseId, tokens, method, price, priceVersion, quoteId, ...onDay(at) };
  if (method === 'payment-provider' && price.amount > 0n) {
    const until = holdsUntil ?? at.time + asked.quoteSeconds * 1000;
    const expires = at.time + asked.expiresInSeconds! * 1000;
    wait(wallet, { id: purchaseId, ordered: tokens, price, priceVersion, until, expires, month: at.month });
    const says = { priceHoldsUntil: iso(until), expiresAt: iso(expires), status: 'pending' };
    yield { type: 'PurchasePending', data: known({ ...purchase, ...says }) };
    return yield* reserve(model, walletId, tokens, at);
  }
  const memberIds = method === 'carrier-bill' ? bindingOf(wallet, asked) : [];
  if (method === 'carrier-bill') wallet.countedMonthly.push({ month: at.month, kind: 'bill', amount: price.amount });
  spendUnderCaps(wallet, memberIds, tokens, at);
  const lot = bought(model, wallet, { id: purchaseId, tokens }, price, `wallet:${walletId}:bill`, at);
  const says = { memberIds: saying(memberIds), status: 'completed', lot };
  yield { type: 'TokensPurchased', data: known({ ...purchase, ...says }) };
  yield* issued(model, walletId, tokens, at);
}

function* cancelPurchase(model: ReferenceModel, wallet: ModelWallet, { purchaseId }: Asked, at: At): Consequences {
  const purchase = wallet.purchases.get(purchaseId);
  if (purchase?.status === 'pending') return yield* giveUp(model, wallet, purchase, 'cancelled', {}, at);
  const data = { walletId: wallet.id, purchaseId, code: 'WALLET.PURCHASE_RESOLVED' };
  yield { type: 'PurchaseCancellationRefused', data };
}

/**
 * The provider's acceptance has the address for the payment; its refusal ends a pending purchase.
 */
function* recordPaymentRequest(model: ReferenceModel, wallet: ModelWallet, asked: Asked, at: At): Consequences {
  const { purchaseId, answer } = asked;
  model.once(`answer to the request for the money of ${purchaseId}`);
  if (answer.taken) {
    const { paymentId, paymentUrl } = answer;
    return yield { type: 'PaymentRequested', data: known({ walletId: wallet.id, purchaseId, paymentId, paymentUrl }) };
  }
  const purchase = wallet.purchases.get(purchaseId);
  if (purchase?.status !== 'pending') throw new Error(`${purchaseId} does not wait any more`);
  const says = { code: 'WALLET.PAYMENT_REFUSED', reason: answer.reason };
  yield* giveUp(model, wallet, purchase, 'failed', says, at);
}

/** Handlers of purchases, by command. */
export const purchaseHandlers: Readonly<Record<string, Handler>> = {
  purchaseTokens: upToDate(purchaseTokens),
  cancelPurchase: upToDate(cancelPurchase),
  recordPaymentRequest: upToDate(recordPaymentRequest),
};
