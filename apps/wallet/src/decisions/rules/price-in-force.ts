import type { Side } from '@tokengrid/contracts';
import type { Quote } from '../state/quotes.ts';
import type { PriceInForce } from './token-prices.ts';
import { costOf, mustBeInForce, proceedsOf } from './token-prices.ts';

/** What tokens are to be bought or sold for: at the posted price, or at one that was promised. */
export interface Asked {
  readonly side: Side;
  readonly tokens: bigint;
  readonly quoteId?: string | undefined;
  /** Price posted by the operator when the request arrived, if any. */
  readonly posted: PriceInForce | undefined;
}

/**
 * What they cost or bring, by which posted price, and by which quote if by one; or why there is no
 * price.
 */
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
 * Prices what is asked. With a quote its price holds, whatever is posted now; refused, in this
 * order, where the wallet has no such quote (never had, or used it), where it has expired, and
 * where it is for something else.
 * @throws PriceOutdated where the posted price is in force no more
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
 * Prices tokens at a posted price: what they cost is rounded up, what they bring down.
 * @throws PriceOutdated where it is in force no more
 */
export function pricedAt(posted: PriceInForce, { side, tokens }: Pick<Asked, 'side' | 'tokens'>, time: number) {
  mustBeInForce(posted, time);
  const { currency, priceVersion } = posted;
  const amount = side === 'buy' ? costOf(tokens, posted) : proceedsOf(tokens, posted);
  return { price: { currency, amount }, terms: { priceVersion } };
}
