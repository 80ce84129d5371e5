import {
  type Asked,
  type At,
  availableOf,
  comeIn,
  type Consequences,
  type Handler,
  known,
  type ModelPolicy,
  type ModelQuote,
  type ModelWallet,
  type Money,
  ofLane,
  type Posted,
  type ReferenceModel,
  type Traded,
} from './model.ts';
import { upToDate } from './model-expiry.ts';
import { exhausted, gone, issued } from './model-issuance.ts';
import { burnLeaving, leavingRefused } from './model-leaving.ts';
import { dayOf, iso, named } from './model-lots.ts';
import { standingRefused } from './model-standing.ts';

const microPerAit = 1_000_000n;
const mostQuotes = 20;
const mostPending = 20;

export const monthOf = ({ time }: At): string => iso(time).slice(0, 7);

/** What a party pays: every begun minor unit. */
function costOf(tokens: bigint, { buy }: Posted): bigint {
  const whole = (tokens * buy) / microPerAit;
  return whole * microPerAit < tokens * buy ? whole + 1n : whole;
}

/** What a party gets: every whole minor unit. */
const proceedsOf = (tokens: bigint, { sellBack }: Posted): bigint => (tokens * sellBack) / microPerAit;

export const priceOf = (side: string, tokens: bigint, posted: Posted): Money => ({
  currency: posted.currency,
  amount: side === 'buy' ? costOf(tokens, posted) : proceedsOf(tokens, posted),
});

/** Why the operator does not let a party do something, or no more of it this month. */
export function marketRefused(wallet: ModelWallet, kind: Traded, { policy, tokens }: Asked, at: At, money = tokens) {
  if ((kind === 'sending' || kind === 'selling') && !policy[kind].allowed) {
    return { code: `WALLET.${kind.toUpperCase()}_OFF` };
  }
  const cap = capOf(wallet, kind, policy);
  const month = monthOf(at);
  let done = 0n;
  for (const trade of wallet.trades) if (trade.month === month && trade.kind === kind) done += trade.amount;
  if (cap === undefined || done + money <= cap) return undefined;
  const available = cap > done ? cap - done : 0n;
  return { code: 'WALLET.LIMIT_EXCEEDED', limit: `${kind}-monthly`, available, required: money };
}

/** How much of it a month may have; undefined: any. */
function capOf(wallet: ModelWallet, kind: Traded, policy: ModelPolicy): bigint | undefined {
  if (kind === 'bill') return wallet.billLimit ?? policy.billMonthlyLimit;
  if (kind === 'exhaustion') return wallet.exhaustion.monthlyCap ?? undefined;
  return policy[kind].monthlyCap;
}

type Terms = { readonly price: Money; readonly priceVersion: number; readonly quoteId?: string };

/** The price that was promised, or the one that is posted; or why there is none. */
function termsOf(wallet: ModelWallet, side: string, { quoteId, tokens, posted }: Asked, at: At): Terms | string {
  if (quoteId === undefined) {
    if (!posted) return 'WALLET.NO_TOKEN_PRICE';
    return { price: priceOf(side, tokens, posted), priceVersion: posted.priceVersion };
  }
  const quote = wallet.quotes.find(({ id }) => id === quoteId);
  if (!quote) return 'WALLET.QUOTE_UNKNOWN';
  if (quote.ends <= at.time) return 'WALLET.QUOTE_EXPIRED';
  if (quote.side !== side || quote.tokens !== tokens) return 'WALLET.QUOTE_MISMATCH';
  return { price: quote.price, priceVersion: quote.priceVersion, quoteId };
}

function useUp({ quotes }: ModelWallet, quoteId: string | undefined): void {
  const at = quotes.findIndex(({ id }) => id === quoteId);
  if (at >= 0) quotes.splice(at, 1);
}

/** Tokens that were paid for come in, and the money is where `debtor` says. */
export function bought(
  model: ReferenceModel,
  wallet: ModelWallet,
  id: string,
  tokens: bigint,
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

function* purchaseTokens(model: ReferenceModel, wallet: ModelWallet, asked: Asked, at: At): Consequences {
  const { purchaseId, tokens, method } = asked;
  const { id: walletId } = wallet;
  const terms = termsOf(wallet, 'buy', asked, at);
  const refused = typeof terms === 'string' ? { code: terms } : buyingRefused(model, wallet, terms.price, asked, at);
  if (refused) return yield { type: 'PurchaseRefused', data: { walletId, purchaseId, tokens, ...refused } };
  const { price, ...rest } = terms as Terms;
  useUp(wallet, rest.quoteId);
  const purchase = { walletId, purchaseId, tokens, method, price, ...rest };
  if (method === 'payment-provider' && price.amount > 0n) {
    wallet.pending.set(purchaseId, { tokens, price, priceVersion: rest.priceVersion });
    yield { type: 'PurchasePending', data: { ...purchase, status: 'pending' } };
  } else {
    if (method === 'carrier-bill') wallet.trades.push({ month: monthOf(at), kind: 'bill', amount: price.amount });
    const lot = bought(model, wallet, purchaseId, tokens, price, `wallet:${walletId}:bill`, at);
    yield { type: 'TokensPurchased', data: { ...purchase, day: dayOf(at), timeZone: 'UTC', status: 'completed', lot } };
  }
  yield* issued(model, walletId, tokens, at);
}

function buyingRefused(model: ReferenceModel, wallet: ModelWallet, price: Money, asked: Asked, at: At) {
  const barred = standingRefused(wallet);
  if (barred) return barred;
  if (asked.method === 'carrier-bill') {
    const refused = marketRefused(wallet, 'bill', asked, at, price.amount);
    if (refused) return refused;
  } else if (wallet.pending.size >= mostPending) return { code: 'WALLET.TOO_MANY_PURCHASES' };
  return exhausted(model, asked, at);
}

function* settlePurchase(model: ReferenceModel, wallet: ModelWallet, asked: Asked, at: At): Consequences {
  const { purchaseId, noticeId, outcome, paid, paymentId, reason } = asked;
  const { id: walletId } = wallet;
  const purchase = wallet.pending.get(purchaseId);
  const code = purchase ? mismatch(purchase.price, paid) : contradiction(asked);
  if (code)
    return yield { type: 'PaymentNoticeIgnored', data: { walletId, purchaseId, noticeId, outcome, paid, code } };
  const { tokens, price, priceVersion } = purchase!;
  wallet.pending.delete(purchaseId);
  if (outcome === 'succeeded') {
    const lot = bought(model, wallet, purchaseId, tokens, price, ofLane(at, 'payments'), at);
    const paidFor = { walletId, purchaseId, tokens, method: 'payment-provider', price, priceVersion, paymentId };
    return yield {
      type: 'TokensPurchased',
      data: known({ ...paidFor, day: dayOf(at), timeZone: 'UTC', status: 'completed', lot }),
    };
  }
  yield { type: 'PurchaseFailed', data: known({ walletId, purchaseId, tokens, code: 'PAYMENT_FAILED', reason }) };
  yield* gone(model, walletId, tokens, at);
}

/** The provider's yes says where to pay; its no ends a purchase that still waits. */
function* recordPaymentRequest(model: ReferenceModel, wallet: ModelWallet, asked: Asked, at: At): Consequences {
  const { purchaseId, answer } = asked;
  const { id: walletId } = wallet;
  model.once(`answer to the request for the money of ${purchaseId}`);
  if (answer.taken) {
    const { paymentId, paymentUrl } = answer;
    return yield { type: 'PaymentRequested', data: known({ walletId, purchaseId, paymentId, paymentUrl }) };
  }
  const purchase = wallet.pending.get(purchaseId);
  if (!purchase) throw new Error(`${purchaseId} does not wait any more`);
  const { tokens } = purchase;
  wallet.pending.delete(purchaseId);
  const failed = { walletId, purchaseId, tokens, code: 'PAYMENT_REFUSED', reason: answer.reason };
  yield { type: 'PurchaseFailed', data: known(failed) };
  yield* gone(model, walletId, tokens, at);
}

const mismatch = (price: Money, paid: Money): string | undefined =>
  price.amount === paid.amount && price.currency === paid.currency ? undefined : 'WALLET.PAYMENT_MISMATCH';

const contradiction = ({ known: standing, outcome }: Asked): string =>
  standing === (outcome === 'succeeded' ? 'completed' : 'failed')
    ? 'WALLET.PURCHASE_RESOLVED'
    : 'WALLET.PAYMENT_CONTRADICTED';

function* sellTokens(model: ReferenceModel, wallet: ModelWallet, asked: Asked, at: At): Consequences {
  const { saleId, tokens } = asked;
  const { id: walletId } = wallet;
  const terms = termsOf(wallet, 'sell', asked, at);
  const refused =
    typeof terms === 'string'
      ? { code: terms }
      : (standingRefused(wallet) ?? marketRefused(wallet, 'selling', asked, at) ?? leavingRefused(wallet, tokens));
  if (refused) return yield { type: 'SaleRefused', data: { walletId, saleId, tokens, ...refused } };
  const { price, ...rest } = terms as Terms;
  useUp(wallet, rest.quoteId);
  wallet.trades.push({ month: monthOf(at), kind: 'selling', amount: tokens });
  const lots = named(burnLeaving(wallet, tokens));
  model.accounts.move(tokens, availableOf(walletId), ofLane(at, 'issuance'));
  model.accounts.move(price.amount, `wallet:${walletId}:bill`, ofLane(at, 'sales'));
  yield {
    type: 'TokensSold',
    data: { walletId, saleId, tokens, price, ...rest, day: dayOf(at), timeZone: 'UTC', lots },
  };
  yield* gone(model, walletId, tokens, at);
}

function* quotePrice(_: ReferenceModel, wallet: ModelWallet, asked: Asked, at: At): Consequences {
  const { quoteId, side, tokens, posted, validForSeconds } = asked;
  const quote = { walletId: wallet.id, quoteId, side, tokens };
  const isFull = wallet.quotes.length >= mostQuotes && wallet.quotes.every(({ ends }) => ends > at.time);
  const code = !posted ? 'WALLET.NO_TOKEN_PRICE' : isFull ? 'WALLET.TOO_MANY_QUOTES' : undefined;
  if (code) return yield { type: 'QuoteRefused', data: { ...quote, code } };
  const price = priceOf(side, tokens, posted!);
  const { priceVersion } = posted!;
  const ends = at.time + validForSeconds * 1000;
  if (wallet.quotes.length >= mostQuotes) wallet.quotes.splice(soonest(wallet.quotes), 1);
  wallet.quotes.push({ id: quoteId!, side, tokens, price, priceVersion, ends });
  yield { type: 'PriceQuoted', data: { ...quote, price, priceVersion, expiresAt: iso(ends) } };
}

const soonest = (quotes: readonly ModelQuote[]): number =>
  quotes.findIndex(({ ends }) => ends === Math.min(...quotes.map((quote) => quote.ends)));

/** Limits and policies do not look at what is in the wallet: nothing falls due by them. */
const setBillLimit: Handler = function* (model, { walletId, monthlyLimit }) {
  model.wallet(walletId).billLimit = monthlyLimit;
  yield { type: 'BillLimitSet', data: { walletId, monthlyLimit } };
};

/** What is bought, sold and promised, by the names of the decisions. */
export const marketHandlers: Readonly<Record<string, Handler>> = {
  purchaseTokens: upToDate(purchaseTokens),
  settlePurchase: upToDate(settlePurchase),
  sellTokens: upToDate(sellTokens),
  quotePrice: upToDate(quotePrice),
  setBillLimit,
  recordPaymentRequest: upToDate(recordPaymentRequest),
};
