import type { Posting } from '@tokengrid/contracts';
import { PurchasePending, PurchaseRefused, TokensPurchased } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Actor } from './actor.ts';
import { membersBound, saidOf } from './actor.ts';
import { onDay } from './calendar.ts';
import type { Decided } from './expire-due.ts';
import { expireDue } from './expire-due.ts';
import { capacityShortOf, useCapacity } from './issuance.ts';
import { lasting, lotsOf } from './lots.ts';
import { billRefusal } from './market-limits.ts';
import type { MarketPolicy } from './market-policy.ts';
import { mostPendingPurchases } from './pending-purchases.ts';
import { availableAccount, billAccount, laneAccount, moveFiat, moveTokens } from './postings.ts';
import type { Asked } from './priced.ts';
import { priced } from './priced.ts';
import { capRefusal, demandsOf } from './spending.ts';
import { standingRefusal } from './standing.ts';
import type { OpenWallet, Wallet } from './wallet.ts';
import type { WalletLane } from './wallet-lane.ts';

export interface PurchaseTokens extends Omit<Asked, 'side'> {
  readonly purchaseId: string;
  readonly method: 'carrier-bill' | 'payment-provider';
  readonly policy: MarketPolicy;
  readonly actor?: Actor | undefined;
  /** Known once the lane asked for more capacity in vain: what is left beside its slice. */
  readonly capacityLeft?: bigint;
}

type Money = { readonly currency: string; readonly amount: bigint };

/**
 * Sells a party tokens at the posted or a promised price: at once where the carrier bills them, once they are paid where a payment
 * provider takes the money; their capacity is reserved until then. What a key with caps buys on the bill counts against them. Refused, in
 * this order, where there is no price, where the wallet is frozen or closed, for what the carrier may bill the party or for the purchases
 * it has waiting, for the caps of who buys, and where the operator's capacity does not cover it.
 * @throws SliceTooSmall while the lane may still get more capacity
 */
export function purchaseTokens(state: Wallet, purchase: PurchaseTokens, context: DecisionContext<WalletLane>): Decided {
  const { wallet, expired } = expireDue(state, context);
  const { walletId } = wallet;
  const { purchaseId, tokens, method } = purchase;
  const asked = { walletId, purchaseId, tokens };
  const bought = priced(wallet, { ...purchase, side: 'buy' }, context.time);
  if ('code' in bought) return [...expired, PurchaseRefused({ ...asked, ...bought })];
  const { price, terms } = bought;
  const { day, timeZone } = onDay(context);
  const buyers = method === 'carrier-bill' ? membersBound(wallet, purchase.actor) : [];
  const barred = refusalOf(wallet, purchase, price, day) ?? capRefusal(wallet, demandsOf(buyers, tokens), day);
  if (barred) return [...expired, PurchaseRefused({ ...asked, ...barred })];
  const available = capacityShortOf(tokens, context.system, context.lane, purchase.capacityLeft);
  if (available !== undefined) {
    const code = 'WALLET.ISSUANCE_EXHAUSTED';
    return [...expired, PurchaseRefused({ ...asked, code, available, required: tokens })];
  }
  const used = useCapacity(walletId, tokens);
  if (method === 'payment-provider' && price.amount > 0n) {
    return [...expired, PurchasePending({ ...asked, method, price, ...terms, status: 'pending' }), used];
  }
  const lot = purchasedLot(wallet, purchase);
  const postings = billedPostings(walletId, tokens, price, context.lane);
  return [
    ...expired,
    TokensPurchased({
      ...asked,
      method,
      price,
      ...terms,
      day,
      timeZone,
      ...saidOf(buyers),
      status: 'completed',
      lot,
      postings,
    }),
    used,
  ];
}

function refusalOf(wallet: OpenWallet, { method, policy }: PurchaseTokens, price: Money, day: string) {
  const barred = standingRefusal(wallet);
  if (barred) return barred;
  if (method === 'carrier-bill') return billRefusal(wallet, price.amount, day, policy);
  return wallet.pending.length >= mostPendingPurchases ? { code: 'WALLET.TOO_MANY_PURCHASES' } : undefined;
}

/** Tokens come in, and their price is on the carrier's bill. */
export const billedPostings = (walletId: string, tokens: bigint, price: Money, lane: number): Posting[] => [
  ...moveTokens(tokens, laneAccount(lane, 'issuance'), availableAccount(walletId)),
  ...moveFiat(price, laneAccount(lane, 'sales'), billAccount(walletId)),
];

/** The lot that a purchase brings: it never expires, and can be sent and sold. */
export function purchasedLot(
  { lots }: OpenWallet,
  { purchaseId, tokens }: { readonly purchaseId: string; readonly tokens: bigint },
) {
  const came = { lotId: purchaseId, source: 'purchase', transferable: true, parcels: lasting(tokens) } as const;
  return lotsOf(lots, came)[0]!;
}
