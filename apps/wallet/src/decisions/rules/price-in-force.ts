import type { Side } from '@tokengrid/contracts';
import type { Quote } from '../state/quotes.ts';
import type { PriceInForce } from './token-prices.ts';
import { costOf, mustBeInForce, proceedsOf } from './token-prices.ts';

/** Tokens to price for a purchase or a sale, at the posted or a quoted price. */
export interface Asked {
  readonly side: Side;
  readonly tokens: bigint;
  readonly quoteId?: string | undefined;
  /** Price posted by the operator when the request arrived, if any. */
  readonly posted: PriceInForce | undefined;
}

/** The price with the versions or the quote it comes from; or the refusal. */
export type Priced =
  | {
      readonly price: { readonly currency: string; readonly amount: bigint };
      readonly terms: { readonly priceVersion: number; readonly quoteId?: string };
    }
  | {
      readonly code:
        'WALLET.NO_TOKEN_PRICE' | 'WALLET.QUOTE_UNKNOWN' | 'WALLET.QUOTE_EXPIRED' | 'WALLET.QUOTE_MISMATCH';
    };

/**
 * Prices tokens; a quote's price holds whatever is posted. Refusals of a quote, in order: unknown
 * or used, expired, for another side or amount.
 * @throws FactNeeded price, where the posted price is no longer in force
 */
export function priced({ quotes }: { readonly quotes: readonly Quote[] }, asked: Asked, time: number): Priced {
  const { quoteId, posted } = asked;
  if (quoteId === undefined) return posted ? pricedAt(posted, asked, time) : { code: 'WALLET.NO_TOKEN_PRICE' };
  const quote = quotes.find((each) => each.quoteId === quoteId);
  if (!quote) return { code: 'WALLET.QUOTE_UNKNOWN' };
  if (quote.expiresAt <= time) return { code: 'WALLET.QUOTE_EXPIRED' };
  if (quote.side !== asked.side || quote.tokens !== asked.tokens) return { code: 'WALLET.QUOTE_MISMATCH' };
  return { price: quote.price, terms: { priceVersion: quote.priceVersion, quoteId } };
}

/**
 * Prices tokens at a posted price: costs are rounded up, proceeds down.
 * @throws FactNeeded price, where it is no longer in force
 */
export function pricedAt(posted: PriceInForce, { side, tokens }: Pick<Asked, 'side' | 'tokens'>, time: number) {
  mustBeInForce(posted, time);
  const { currency, priceVersion } = posted;
  const amount = side === 'buy' ? costOf(tokens, posted) : proceedsOf(tokens, posted);
  return { price: { currency, amount }, terms: { priceVersion } };
}
