import type { Side } from '@tokengrid/contracts';
import { instantOf, PriceQuoted, QuoteRefused } from '@tokengrid/contracts';
import { onWallet } from '../rules/due.ts';
import { pricedAt } from '../rules/price-in-force.ts';
import { isFullAt } from '../state/quotes.ts';
import type { PriceInForce } from '../rules/token-prices.ts';
import type { CodesOfCommand } from '../rules/decided.ts';

export interface QuotePrice {
  readonly quoteId: string;
  readonly side: Side;
  readonly tokens: bigint;
  /** Price posted by the operator when the request arrived, if any. */
  readonly posted: PriceInForce | undefined;
  readonly validForSeconds: number;
}

/**
 * Quotes a wallet today's price for a time. Limits on buying and selling apply when the quote is
 * used.
 *
 * Refusals, in order: no posted price, too many open quotes.
 */
export const quotePrice = onWallet('quotePrice', (wallet, asked: QuotePrice, context) => {
  const { walletId } = wallet;
  const { posted, validForSeconds, ...quote } = asked;
  const refused = (code: CodesOfCommand<'quotePrice'>) => [QuoteRefused({ walletId, ...quote, code })];
  if (!posted) return refused('WALLET.NO_TOKEN_PRICE');
  if (isFullAt(wallet, context.time)) return refused('WALLET.TOO_MANY_QUOTES');
  const { price, terms } = pricedAt(posted, quote, context.time);
  const expiresAt = instantOf(context.time + validForSeconds * 1000);
  return [PriceQuoted({ walletId, ...quote, price, ...terms, expiresAt })];
});
