import type { Side } from '@tokengrid/contracts';

/** A price quoted to a wallet for a time. */
export interface Quote {
  readonly quoteId: string;
  readonly side: Side;
  readonly tokens: bigint;
  readonly price: { readonly currency: string; readonly amount: bigint };
  readonly priceVersion: number;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** Maximum number of a wallet's open quotes. */
export const mostOpenQuotes = 20;

interface Quoted {
  /** Unused quotes, expired ones included; at most {@link mostOpenQuotes}. */
  readonly quotes: readonly Quote[];
}

/** True for a wallet with the maximum number of open quotes. */
export const isFullAt = ({ quotes }: Quoted, time: number): boolean =>
  quotes.length >= mostOpenQuotes && quotes.every(({ expiresAt }) => expiresAt > time);

/**
 * The wallet with one more quote; at the maximum, the quote with the earliest expiry is dropped,
 * which has passed.
 */
export function withQuote<W extends Quoted>(
  wallet: W,
  { expiresAt, ...terms }: Omit<Quote, 'expiresAt'> & { readonly expiresAt: string },
): W {
  const quote = { ...terms, expiresAt: Date.parse(expiresAt) };
  const { quotes } = wallet;
  if (quotes.length < mostOpenQuotes) return { ...wallet, quotes: [...quotes, quote] };
  const first = quotes.reduce((soonest, other) => (other.expiresAt < soonest.expiresAt ? other : soonest));
  return { ...wallet, quotes: [...quotes.filter((other) => other !== first), quote] };
}

/** The wallet after the use of a quote, if any. */
export const withoutQuote = <W extends Quoted>(wallet: W, quoteId: string | undefined): W =>
  quoteId === undefined ? wallet : { ...wallet, quotes: wallet.quotes.filter((quote) => quote.quoteId !== quoteId) };
