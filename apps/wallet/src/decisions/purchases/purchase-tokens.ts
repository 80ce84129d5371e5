import { instantOf, PurchasePending, PurchaseRefused, TokensPurchased } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Actor } from '../rules/actors.ts';
import { membersBound, saidOf } from '../rules/actors.ts';
import { onDay } from '../state/calendar.ts';
import { onWallet } from '../rules/due.ts';
import { capacityShortOf, reservableShortOf, reserveCapacity, useCapacity } from '../rules/issuance.ts';
import { billRefusal, providerRefusal } from '../rules/market-limits.ts';
import type { MarketPolicy } from '../state/market-policies.ts';
import { mostPendingPurchases } from '../state/pending-purchases.ts';
import type { Asked } from '../rules/price-in-force.ts';
import { priced } from '../rules/price-in-force.ts';
import { capRefusal, demandsOf } from '../rules/limits.ts';
import { spendingBarred, statusRefusal } from '../rules/status.ts';
import type { OpenedWallet } from '../state/wallet.ts';
import type { WalletLane } from '../state/wallet-lane.ts';
import { billedPostings, purchasedLot, type Money } from '../rules/purchases.ts';

export interface PurchaseTokens extends Omit<Asked, 'side'> {
  readonly purchaseId: string;
  readonly method: 'carrier-bill' | 'payment-provider';
  readonly policy: MarketPolicy;
  readonly actor?: Actor | undefined;
  /** Time for which the price holds without a quote, in seconds. */
  readonly quoteSeconds: number;
  /** Time limit for the payment, in seconds. */
  readonly expiresInSeconds: number;
  /** Maximum share of free capacity reserved by unpaid purchases, in basis points. */
  readonly pendingCapacityBps: number;
  /**
   * Capacity left beside the lane's slice, in µAIT; present once the lane's request for more was
   * refused.
   */
  readonly capacityLeft?: bigint;
}

/**
 * Sells a party tokens at the posted or a quoted price. On the carrier's bill they are issued at
 * once; through a payment provider they are issued when paid, and their capacity is reserved until
 * then.
 *
 * Billed purchases of a key with caps count against its caps.
 *
 * Refusals, in order: no price, a wallet frozen or closed (or in debt, for the bill), the limit of
 * the bill or of the provider, too many unpaid purchases, the caps of the buyer, lacking capacity.
 * @throws FactNeeded capacity, while the lane may still be granted more capacity
 */
export const purchaseTokens = onWallet('purchaseTokens', (wallet, purchase: PurchaseTokens, context) => {
  const { walletId } = wallet;
  const { purchaseId, tokens, method } = purchase;
  const asked = { walletId, purchaseId, tokens };
  const bought = priced(wallet, { ...purchase, side: 'buy' }, context.time);
  if ('code' in bought) return [PurchaseRefused({ ...asked, ...bought })];
  const { price, terms } = bought;
  const { day, timeZone } = onDay(context);
  const buyers = method === 'carrier-bill' ? membersBound(wallet, purchase.actor) : [];
  const barred = purchaseRefusal(wallet, purchase, price, day) ?? capRefusal(wallet, demandsOf(buyers, tokens), day);
  if (barred) return [PurchaseRefused({ ...asked, ...barred })];
  const waits = method === 'payment-provider' && price.amount > 0n;
  const available = waits ? reservableOf(purchase, context) : capacityOf(purchase, context);
  if (available !== undefined) {
    const code = 'WALLET.ISSUANCE_EXHAUSTED';
    return [PurchaseRefused({ ...asked, code, available, required: tokens })];
  }
  if (waits) {
    const times = timesOf(wallet, purchase, context.time);
    const pending = PurchasePending({ ...asked, method, price, ...terms, day, timeZone, ...times, status: 'pending' });
    return [pending, reserveCapacity(walletId, tokens)];
  }
  const lot = purchasedLot(wallet, purchase);
  const postings = billedPostings(walletId, tokens, price, context.lane);
  return [
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
    useCapacity(walletId, tokens),
  ];
});

const capacityOf = ({ tokens, capacityLeft }: PurchaseTokens, { system, lane }: DecisionContext<WalletLane>) =>
  capacityShortOf(tokens, system, lane, capacityLeft);

const reservableOf = (purchase: PurchaseTokens, { system, lane }: DecisionContext<WalletLane>) =>
  reservableShortOf(purchase.tokens, purchase.pendingCapacityBps, system, lane, purchase.capacityLeft);

/** End of the price's validity, and end of the purchase's wait for its payment. */
function timesOf(wallet: OpenedWallet, { quoteId, quoteSeconds, expiresInSeconds }: PurchaseTokens, time: number) {
  const quote = wallet.quotes.find((each) => each.quoteId === quoteId);
  return {
    priceHoldsUntil: instantOf(quote?.expiresAt ?? time + quoteSeconds * 1000),
    expiresAt: instantOf(time + expiresInSeconds * 1000),
  };
}

function purchaseRefusal(wallet: OpenedWallet, { method, policy }: PurchaseTokens, price: Money, day: string) {
  if (method === 'carrier-bill') return spendingBarred(wallet) ?? billRefusal(wallet, price.amount, day, policy);
  const barred = statusRefusal(wallet) ?? providerRefusal(wallet, price.amount, day, policy);
  if (barred) return barred;
  return wallet.pending.length >= mostPendingPurchases ? ({ code: 'WALLET.TOO_MANY_PURCHASES' } as const) : undefined;
}
