import { PurchaseRefused, TokensPurchased } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Decided } from './expire-due.ts';
import { expireDue } from './expire-due.ts';
import { capacityShortOf, useCapacity } from './issuance.ts';
import { lasting, lotsOf } from './lots.ts';
import { availableAccount, billAccount, laneAccount, moveFiat, moveTokens } from './postings.ts';
import type { TokenPrice } from './token-price.ts';
import { costOf } from './token-price.ts';
import type { Wallet } from './wallet.ts';
import type { WalletLane } from './wallet-lane.ts';

export interface PurchaseTokens {
  readonly purchaseId: string;
  readonly tokens: bigint;
  readonly method: 'carrier-bill';
  /** What the operator had posted when the request came, if anything. */
  readonly posted: TokenPrice | undefined;
  /** Known once the lane asked for more capacity in vain: what is left beside its slice. */
  readonly capacityLeft?: bigint;
}

/**
 * Sells a party tokens at the posted price, on the carrier's bill. Refused, in this order, while no price is posted and where the
 * operator's capacity does not cover it.
 * @throws SliceTooSmall while the lane may still get more capacity
 */
export function purchaseTokens(state: Wallet, purchase: PurchaseTokens, context: DecisionContext<WalletLane>): Decided {
  const { wallet, expired } = expireDue(state, context);
  const { walletId } = wallet;
  const { purchaseId, tokens, method, posted } = purchase;
  if (!posted) return [...expired, PurchaseRefused({ walletId, purchaseId, tokens, code: 'WALLET.NO_TOKEN_PRICE' })];
  const available = capacityShortOf(tokens, context.system, context.lane, purchase.capacityLeft);
  if (available !== undefined) {
    const code = 'WALLET.ISSUANCE_EXHAUSTED';
    return [...expired, PurchaseRefused({ walletId, purchaseId, tokens, code, available, required: tokens })];
  }
  const price = { currency: posted.currency, amount: costOf(tokens, posted) };
  const came = { lotId: purchaseId, source: 'purchase', transferable: true, parcels: lasting(tokens) } as const;
  const [lot] = lotsOf(wallet.lots, came);
  const postings = [
    ...moveTokens(tokens, laneAccount(context.lane, 'issuance'), availableAccount(walletId)),
    ...moveFiat(price, laneAccount(context.lane, 'sales'), billAccount(walletId)),
  ];
  const { priceVersion } = posted;
  const status = 'completed';
  return [
    ...expired,
    TokensPurchased({ walletId, purchaseId, tokens, method, price, priceVersion, status, lot: lot!, postings }),
    useCapacity(walletId, tokens),
  ];
}
