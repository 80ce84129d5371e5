import { SaleRefused, TokensSold } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Decided } from './expire-due.ts';
import { expireDue } from './expire-due.ts';
import { freeCapacity } from './issuance.ts';
import { burnDown, isTransferable, lotsTaken } from './lots.ts';
import { availableAccount, billAccount, laneAccount, moveFiat, moveTokens } from './postings.ts';

import type { TokenPrice } from './token-price.ts';
import { proceedsOf } from './token-price.ts';
import { refusalOf } from './transferable.ts';
import type { Wallet } from './wallet.ts';
import type { WalletLane } from './wallet-lane.ts';

export interface SellTokens {
  readonly saleId: string;
  readonly tokens: bigint;
  /** What the operator had posted when the request came, if anything. */
  readonly posted: TokenPrice | undefined;
}

/**
 * Sells tokens back to the operator at the posted price; the proceeds are credited to the carrier's bill. Only transferable lots
 * count. Refused, in this order, while no price is posted and for what those lots do not cover.
 */
export function sellTokens(state: Wallet, sale: SellTokens, context: DecisionContext<WalletLane>): Decided {
  const { wallet, expired } = expireDue(state, context);
  const { walletId } = wallet;
  const { saleId, tokens, posted } = sale;
  if (!posted) return [...expired, SaleRefused({ walletId, saleId, tokens, code: 'WALLET.NO_TOKEN_PRICE' })];
  const refusal = refusalOf(wallet, tokens);
  if (refusal) return [...expired, SaleRefused({ walletId, saleId, tokens, ...refusal })];
  const { priceVersion, currency } = posted;
  const price = { currency, amount: proceedsOf(tokens, posted) };
  const lots = lotsTaken(burnDown(wallet.lots, tokens, isTransferable));
  const postings = [
    ...moveTokens(tokens, availableAccount(walletId), laneAccount(context.lane, 'issuance')),
    ...moveFiat(price, billAccount(walletId), laneAccount(context.lane, 'sales')),
  ];
  return [
    ...expired,
    TokensSold({ walletId, saleId, tokens, price, priceVersion, lots, postings }),
    freeCapacity(walletId, tokens, context.system),
  ];
}
