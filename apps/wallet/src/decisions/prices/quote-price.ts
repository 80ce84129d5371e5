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
  /** What the operator had posted when the request came, if anything. */
  readonly posted: PriceInForce | undefined;
  readonly validForSeconds: number;
}

/**
 * Promises a wallet today's price for a time. It promises no more than the price: whether tokens
 * can be bought or sold then is decided then. Refused, in this order, while no price is posted and
 * where too many quotes are open.
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
