import { type Handler, type ReferenceModel } from './model.ts';
import { availableOf, known, ofLane, onDay } from './state.ts';
import type { At, Consequences, ModelQuote, ModelWallet, MonthlyKind } from './state.ts';
import type { Asked, ModelPolicy, Money, Posted } from './asked.ts';
import { bindingOf, saying } from './actors.ts';
import { upToDate } from './due.ts';
import { gone } from './issuance.ts';
import { burnLeaving, leavingRefused } from './leaving.ts';
import { membersRefused, spendUnderCaps } from './limits.ts';
import { iso, named } from './lots.ts';
import { statusRefused } from './status.ts';

export const microPerAit = 1_000_000n;

/** rules/market.md "Quotes": maximum number of a wallet's open quotes. */
const mostQuotes = 20;

/** Price of a purchase, rounded up to a minor unit. */
export function costOf(tokens: bigint, { buy }: Posted): bigint {
  const whole = (tokens * buy) / microPerAit;
  return whole * microPerAit < tokens * buy ? whole + 1n : whole;
}

/** Proceeds of a sale, rounded down to a minor unit. */
const proceedsOf = (tokens: bigint, { sellBack }: Posted): bigint => (tokens * sellBack) / microPerAit;

const priceOf = (side: string, tokens: bigint, posted: Posted): Money => ({
  currency: posted.currency,
  amount: side === 'buy' ? costOf(tokens, posted) : proceedsOf(tokens, posted),
});

/**
 * domain.md "monthly limit per party", "on, off, capped per party and month": refusal by the market
 * policy, if any.
 */
export function marketRefused(
  wallet: ModelWallet,
  kind: MonthlyKind,
  { policy, tokens }: Asked,
  at: At,
  money = tokens,
) {
  if ((kind === 'sending' || kind === 'selling') && !policy[kind].allowed) {
    return { code: `WALLET.${kind.toUpperCase()}_OFF` };
  }
  const cap = capOf(wallet, kind, policy);
  let done = 0n;
  for (const each of wallet.countedMonthly) if (each.month === at.month && each.kind === kind) done += each.amount;
  if (cap === undefined || done + money <= cap) return undefined;
  const available = cap > done ? cap - done : 0n;
  return { code: 'WALLET.LIMIT_EXCEEDED', limit: `${kind}-monthly`, available, required: money };
}

/** Maximum amount per month; undefined for no limit. */
function capOf(wallet: ModelWallet, kind: MonthlyKind, policy: ModelPolicy): bigint | undefined {
  if (kind === 'bill') return wallet.billLimit ?? policy.billMonthlyLimit;
  if (kind === 'exhaustion') return wallet.exhaustion.monthlyCap ?? undefined;
  return kind === 'provider' ? policy.providerMonthly : policy[kind].monthlyCap;
}

interface Terms {
  readonly price: Money;
  readonly priceVersion: number;
  readonly quoteId?: string;
  /** End of the quote. */
  readonly holdsUntil?: number;
}

/** The quoted or posted price, or the refusal. */
export function termsOf(
  wallet: ModelWallet,
  side: string,
  { quoteId, tokens, posted }: Asked,
  at: At,
): Terms | { readonly code: string } {
  if (quoteId === undefined) {
    if (!posted) return { code: 'WALLET.NO_TOKEN_PRICE' };
    return { price: priceOf(side, tokens, posted), priceVersion: posted.priceVersion };
  }
  const quote = wallet.quotes.find(({ id }) => id === quoteId);
  if (!quote) return { code: 'WALLET.QUOTE_UNKNOWN' };
  if (quote.ends <= at.time) return { code: 'WALLET.QUOTE_EXPIRED' };
  if (quote.side !== side || quote.tokens !== tokens) return { code: 'WALLET.QUOTE_MISMATCH' };
  return { price: quote.price, priceVersion: quote.priceVersion, quoteId, holdsUntil: quote.ends };
}

export function useUp({ quotes }: ModelWallet, quoteId: string | undefined): void {
  const at = quotes.findIndex(({ id }) => id === quoteId);
  if (at >= 0) quotes.splice(at, 1);
}

/**
 * domain.md "Sell back"; rules "Sales and purchases on the bill": under the caps of the seller's
 * keys.
 */
function* sellTokens(model: ReferenceModel, wallet: ModelWallet, asked: Asked, at: At): Consequences {
  const { saleId, tokens } = asked;
  const { id: walletId } = wallet;
  const terms = termsOf(wallet, 'sell', asked, at);
  const memberIds = bindingOf(wallet, asked);
  const refused =
    'code' in terms
      ? { code: terms.code }
      : (statusRefused(wallet) ??
        marketRefused(wallet, 'selling', asked, at) ??
        membersRefused(wallet, tokens, memberIds, at) ??
        leavingRefused(wallet, tokens));
  if (refused) return yield { type: 'SaleRefused', data: { walletId, saleId, tokens, ...refused } };
  if ('code' in terms) return;
  const { price, priceVersion, quoteId } = terms;
  useUp(wallet, quoteId);
  wallet.countedMonthly.push({ month: at.month, kind: 'selling', amount: tokens });
  spendUnderCaps(wallet, memberIds, tokens, at);
  const lots = named(burnLeaving(wallet, tokens));
  model.accounts.move(tokens, availableOf(walletId), ofLane(at, 'issuance'));
  model.accounts.move(price.amount, `wallet:${walletId}:bill`, ofLane(at, 'sales'));
  const sale = { walletId, saleId, tokens, price, priceVersion, quoteId };
  yield { type: 'TokensSold', data: known({ ...sale, ...onDay(at), memberIds: saying(memberIds), lots }) };
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

/** Limits and policies do not look at the wallet's tokens: nothing falls due by them. */
const setBillLimit: Handler = function* (model, { walletId, monthlyLimit }) {
  model.wallet(walletId).billLimit = monthlyLimit;
  yield { type: 'BillLimitSet', data: { walletId, monthlyLimit } };
};

/** Handlers of sales and quotes, by command. */
export const marketHandlers: Readonly<Record<string, Handler>> = {
  sellTokens: upToDate(sellTokens),
  quotePrice: upToDate(quotePrice),
  setBillLimit,
};
