import { TokensPurchased } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { afterDecided } from '../rules/after-decided.ts';
import { onDay } from '../state/calendar.ts';
import type { Decided } from '../rules/decided.ts';
import { capacityShortOf, freeReserved, useCapacity, useReserved } from '../rules/issuance.ts';
import { availableAccount, laneAccount, moveFiat, moveTokens } from '../rules/postings.ts';
import type { PurchaseRecord } from '../state/purchase-record.ts';
import { purchasedLot } from '../rules/purchases.ts';
import { reopened } from '../rules/reopening.ts';
import { reversedBefore } from './reverse-purchase.ts';
import { type CapacityLacking } from '../rules/issuance.ts';
import { boughtFor, mustBeInForce } from '../rules/token-prices.ts';
import { type PriceInForce } from '../rules/token-prices.ts';
import type { OpenedWallet } from '../state/wallet.ts';
import type { WalletLane } from '../state/wallet-lane.ts';

/** Money received by the provider for a purchase. */
export interface Payment {
  readonly paid: { readonly currency: string; readonly amount: bigint };
  readonly paymentId?: string | undefined;
}

/** Terms, looked up for a payment after the end of its order's price. */
export interface CreditTerms {
  /** Price posted by the operator, if any. */
  readonly posted: PriceInForce | undefined;
  /**
   * Capacity left beside the lane's slice, in µAIT; present once the lane's request for more was
   * refused.
   */
  readonly capacityLeft?: bigint;
}

/** Reason why a payment is not credited. */
export type NotCredited = { readonly code: 'WALLET.NOTHING_BOUGHT' } | CapacityLacking;

type Context = DecisionContext<WalletLane>;

/**
 * Issues the tokens that a payment bought: the order's tokens while its price holds, otherwise what
 * the money buys at the price in force, up to the order. The status of the wallet does not matter,
 * because the money has been received.
 *
 * Refunds and chargebacks reported before the payment are reversed at once.
 * @throws FactNeeded price, if another price is in force by the lane's time
 * @throws FactNeeded capacity, if nothing is reserved for the purchase any more and the lane may
 * still be granted more capacity
 */
export function creditPayment(
  wallet: OpenedWallet,
  purchase: PurchaseRecord,
  { paid: price, paymentId }: Payment,
  terms: CreditTerms,
  context: Context,
): Decided | NotCredited {
  const { walletId } = wallet;
  const { purchaseId } = purchase;
  const bought = boughtBy(purchase, price.amount, terms, context.time);
  if (!bought) return { code: 'WALLET.NOTHING_BOUGHT' };
  const { tokens, ...version } = bought;
  const isReserved = purchase.status === 'pending';
  const { lane, system } = context;
  const available = isReserved ? undefined : capacityShortOf(tokens, system, lane, terms.capacityLeft);
  if (available !== undefined) return { code: 'WALLET.ISSUANCE_EXHAUSTED', available, required: tokens };
  const credited = TokensPurchased({
    ...{ walletId, purchaseId, tokens, method: 'payment-provider', price, ...version },
    ...(paymentId === undefined ? {} : { paymentId }),
    ...{ ...onDay(context), status: 'completed', lot: purchasedLot(wallet, { purchaseId, tokens }) },
    postings: [
      ...moveTokens(tokens, laneAccount(lane, 'issuance'), availableAccount(walletId)),
      // The provider has the money and owes it to the operator.
      ...moveFiat(price, laneAccount(lane, 'sales'), laneAccount(lane, 'payments')),
    ],
  });
  const capacity = isReserved ? outOfReserve(walletId, purchase, tokens, context) : [useCapacity(walletId, tokens)];
  const events = [...reopened(wallet), credited, ...capacity];
  const record = { ...purchase, paid: price.amount, credited: tokens };
  return [...events, ...reversedBefore(afterDecided(wallet, events), record, context)];
}

function outOfReserve(walletId: string, { tokens: ordered }: PurchaseRecord, tokens: bigint, { system }: Context) {
  const rest = ordered - tokens;
  return [useReserved(walletId, tokens), ...(rest === 0n ? [] : [freeReserved(walletId, rest, system)])];
}

/** Tokens that the money buys, with their price; undefined below one µAIT. */
function boughtBy(purchase: PurchaseRecord, money: bigint, { posted }: CreditTerms, time: number) {
  const { tokens, priceVersion } = purchase;
  const holds = purchase.status === 'pending' && time < purchase.priceHoldsUntil && money === purchase.price.amount;
  if (holds) return { tokens, priceVersion };
  if (posted?.currency !== purchase.price.currency) return undefined;
  mustBeInForce(posted, time);
  const most = boughtFor(money, posted) ?? tokens;
  const bought = most < tokens ? most : tokens;
  if (bought === 0n) return undefined;
  return { tokens: bought, priceVersion: posted.priceVersion, ordered: { tokens, priceVersion } };
}
