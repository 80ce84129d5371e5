import { type Handler, type ReferenceModel } from './model.ts';
import { known, ofLane, onDay } from './state.ts';
import type { At, Consequences, Expected, ModelPurchase, ModelWallet } from './state.ts';
import type { Asked, Money } from './asked.ts';
import { upToDate } from './due.ts';
import { exhausted, issued, issuedReserved, unreserve } from './issuance.ts';
import { microPerAit } from './market.ts';
import { bought, giveUp } from './pending.ts';
import { backOf, restore, restoringRefused, reverse } from './reversals.ts';
import { letIn } from './status.ts';

/** A payment notice without its kind: the money and its payment. */
export interface Notice {
  readonly noticeId: string;
  readonly kind: string;
  readonly paid: Money;
  readonly paymentId?: string | undefined;
}

interface Credit {
  readonly tokens: bigint;
  readonly priceVersion: number;
  /** The order, present once its price no longer holds. */
  readonly ordered: { readonly tokens: bigint; readonly priceVersion: number } | undefined;
}

/**
 * rules "The price holds for": the tokens that the money buys at the price then in force, rounded
 * down, at most the amount ordered.
 */
export function boughtAtOnce({ ordered, priceVersion }: ModelPurchase, { amount }: Money, { posted }: Asked): Credit {
  if (!posted) return { tokens: 0n, priceVersion, ordered: undefined };
  const buys = posted.buy === 0n ? ordered : (amount * microPerAit) / posted.buy;
  const tokens = buys < ordered ? buys : ordered;
  return { tokens, priceVersion: posted.priceVersion, ordered: { tokens: ordered, priceVersion } };
}

function creditOf(purchase: ModelPurchase, asked: Asked, at: At): Credit {
  const { status, ordered, priceVersion, until } = purchase;
  const holds = status === 'pending' && at.time < until;
  return holds ? { tokens: ordered, priceVersion, ordered: undefined } : boughtAtOnce(purchase, asked.paid, asked);
}

/**
 * rules "A payment that succeeds after expiry": refusal of a credit for now. The operator then has
 * to resolve it.
 */
export function creditRefused(
  model: ReferenceModel,
  purchase: ModelPurchase,
  { tokens }: Credit,
  asked: Asked,
  at: At,
) {
  if (tokens === 0n) return { code: 'WALLET.NOTHING_BOUGHT' };
  return purchase.status === 'pending' ? undefined : exhausted(model, { ...asked, tokens }, at);
}

/** Credits the tokens of a payment, and applies earlier notices of refunds and disputes. */
export function* credit(
  model: ReferenceModel,
  wallet: ModelWallet,
  purchase: ModelPurchase,
  { tokens, priceVersion, ordered }: Credit,
  { paid: price, paymentId }: Notice,
  at: At,
): Consequences {
  const { id: walletId } = wallet;
  const { id: purchaseId, status } = purchase;
  yield* letIn(wallet);
  Object.assign(purchase, { status: 'completed', paid: price.amount, credited: tokens, paymentId });
  if (status !== 'pending') wallet.countedMonthly.push({ month: at.month, kind: 'provider', amount: price.amount });
  const lot = bought(model, wallet, { id: purchaseId, tokens }, price, ofLane(at, 'payments'), at);
  const what = { walletId, purchaseId, tokens, method: 'payment-provider', price, priceVersion, paymentId, ordered };
  yield { type: 'TokensPurchased', data: known({ ...what, ...onDay(at), status: 'completed', lot }) };
  if (status === 'pending') {
    yield* issuedReserved(model, walletId, tokens, at);
    if (purchase.ordered > tokens) yield* unreserve(model, walletId, purchase.ordered - tokens, at);
  } else {
    yield* issued(model, walletId, tokens, at);
  }
  yield* applyBefore(model, wallet, purchase, at);
}

/** rules "A refund noticed before the success: kept, and applied when the success comes". */
function* applyBefore(model: ReferenceModel, wallet: ModelWallet, purchase: ModelPurchase, at: At): Consequences {
  const { refunded, paid } = purchase;
  const asRefund = refunded < paid ? refunded : paid;
  const asChargeback = backOf(purchase) - asRefund;
  if (asRefund > 0n) yield* reverse(model, wallet, purchase, 'refund', { from: 0n, to: asRefund }, at);
  const all = { from: asRefund, to: asRefund + asChargeback };
  if (asChargeback > 0n) yield* reverse(model, wallet, purchase, 'chargeback', all, at);
}

export const noticeOf = ({ walletId, purchaseId, noticeId, kind, paid, paymentId }: Asked): Expected['data'] =>
  known({ walletId, purchaseId, noticeId, kind, paid, paymentId });

/** rules "Contradictions": applies nothing of a notice, and keeps it for the operator. */
function* contradicted(wallet: ModelWallet, asked: Asked, code: string): Consequences {
  wallet.contradictions.set(asked.noticeId, { asked, resolved: false });
  yield { type: 'PaymentContradicted', data: { ...noticeOf(asked), code } };
}

const ignored = (asked: Asked): Expected => ({
  type: 'PaymentNoticeIgnored',
  data: { ...noticeOf(asked), code: 'WALLET.PURCHASE_RESOLVED' },
});

const areDifferent = (one: string | undefined, other: string | undefined): boolean =>
  one !== undefined && other !== undefined && one !== other;

type OfNotice = (
  model: ReferenceModel,
  wallet: ModelWallet,
  purchase: ModelPurchase,
  asked: Asked,
  at: At,
) => Consequences;

const succeeded: OfNotice = function* (model, wallet, purchase, asked, at) {
  const { paid, paymentId } = asked;
  if (purchase.status === 'completed') {
    if (paid.amount === purchase.paid && !areDifferent(paymentId, purchase.paymentId)) return yield ignored(asked);
    const isAnother = areDifferent(paymentId, purchase.paymentId);
    return yield* contradicted(wallet, asked, isAnother ? 'WALLET.PAYMENT_CONTRADICTED' : 'WALLET.PAYMENT_MISMATCH');
  }
  if (paid.amount !== purchase.price.amount) return yield* contradicted(wallet, asked, 'WALLET.PAYMENT_MISMATCH');
  const what = creditOf(purchase, asked, at);
  const refused = creditRefused(model, purchase, what, asked, at);
  if (refused) return yield* contradicted(wallet, asked, refused.code);
  yield* credit(model, wallet, purchase, what, asked as Notice, at);
};

const failed: OfNotice = function* (model, wallet, purchase, asked, at) {
  if (purchase.status === 'completed') return yield* contradicted(wallet, asked, 'WALLET.PAYMENT_CONTRADICTED');
  if (asked.paid.amount !== purchase.price.amount) {
    return yield* contradicted(wallet, asked, 'WALLET.PAYMENT_MISMATCH');
  }
  if (purchase.status !== 'pending') return yield ignored(asked);
  const says = { code: 'WALLET.PAYMENT_FAILED', reason: asked.reason };
  yield* giveUp(model, wallet, purchase, 'failed', says, at);
};

const tallies = { refunded: 'refunded', disputed: 'disputed', dispute_won: 'won' } as const;

/**
 * rules "refunded (part or whole, by amount; cumulative never above paid)", and so for disputes:
 * the excess is contradicted.
 */
const moneyBack: OfNotice = function* (model, wallet, purchase, asked, at) {
  const { kind, paid, paymentId } = asked;
  const isPaid = purchase.status === 'completed';
  if (isPaid && areDifferent(paymentId, purchase.paymentId)) {
    return yield* contradicted(wallet, asked, 'WALLET.PAYMENT_CONTRADICTED');
  }
  const tally = tallies[kind as keyof typeof tallies];
  const most = (isPaid ? purchase.paid : purchase.price.amount) - purchase[tally];
  const accepted = paid.amount < most ? paid.amount : most;
  const [from, to] = [backOf(purchase), backOf({ ...purchase, [tally]: purchase[tally] + accepted })];
  if (isPaid && to < from && restoringRefused(model, wallet, purchase, { from, to }, asked, at)) {
    return yield* contradicted(wallet, asked, 'WALLET.ISSUANCE_EXHAUSTED');
  }
  purchase[tally] += accepted;
  if (accepted > 0n) {
    yield { type: 'PaymentNoticeTaken', data: { ...noticeOf(asked), paid: { ...paid, amount: accepted } } };
  }
  const word = kind === 'refunded' ? 'refund' : 'chargeback';
  if (isPaid && to > from) yield* reverse(model, wallet, purchase, word, { from, to }, at);
  if (isPaid && to < from) yield* restore(model, wallet, purchase, { from, to }, at);
  if (accepted < paid.amount) yield* contradicted(wallet, asked, 'WALLET.PAYMENT_MISMATCH');
};

const notices: Readonly<Record<string, OfNotice>> = {
  succeeded,
  failed,
  refunded: moneyBack,
  disputed: moneyBack,
  dispute_won: moneyBack,
};

/** rules "Payments in any order". */
const settlePurchase = upToDate(function* (model, wallet, asked, at) {
  const purchase = wallet.purchases.get(asked.purchaseId);
  if (!purchase) throw new Error(`${wallet.id} never ordered ${asked.purchaseId}`);
  const isForeign = asked.paid.currency !== purchase.price.currency;
  if (isForeign) return yield* contradicted(wallet, asked, 'WALLET.PAYMENT_MISMATCH');
  yield* notices[asked.kind]!(model, wallet, purchase, asked, at);
});

/** Handlers of payment notices, by command. */
export const noticeHandlers: Readonly<Record<string, Handler>> = { settlePurchase };
