import type { Side } from '@tokengrid/contracts';

/** A price that the operator promised a wallet for a time. */
export interface Quote {
  readonly quoteId: string;
  readonly side: Side;
  readonly tokens: bigint;
  readonly price: { readonly currency: string; readonly amount: bigint };
  readonly priceVersion: number;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** Quotes that a wallet may have open. */
export const mostOpenQuotes = 20;

interface Quoted {
  /** Unused ones; some may have expired. At most {@link mostOpenQuotes}. */
  readonly quotes: readonly Quote[];
}

/** Whether a wallet has as many open quotes as it may. */
export const isFullAt = ({ quotes }: Quoted, time: number): boolean =>
  quotes.length >= mostOpenQuotes && quotes.every(({ expiresAt }) => expiresAt > time);

/**
 * A wallet with one more quote; where it has as many as it may, the one that ends first is
 * forgotten: it has expired.
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

/** A wallet after a quote was used, if one was. */
export const withoutQuote = <W extends Quoted>(wallet: W, quoteId: string | undefined): W =>
  quoteId === undefined ? wallet : { ...wallet, quotes: wallet.quotes.filter((quote) => quote.quoteId !== quoteId) };
