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

/** Money that the provider took for a purchase. */
export interface Payment {
  readonly paid: { readonly currency: string; readonly amount: bigint };
  readonly paymentId?: string | undefined;
}

/** What was looked up to credit a payment that the order's price does not hold for. */
export interface CreditTerms {
  /** What the operator has posted, if anything. */
  readonly posted: PriceInForce | undefined;
  /**
   * Capacity left beside the lane's slice, in µAIT; present once the lane's request for more was
   * refused.
   */
  readonly capacityLeft?: bigint;
}

/** Why a payment that was made is not credited. */
export type NotCredited = { readonly code: 'WALLET.NOTHING_BOUGHT' } | CapacityLacking;

type Context = DecisionContext<WalletLane>;

/**
 * Issues what a payment bought: what was ordered while the order's price holds, else what the money
 * buys at the price in force, and never more than was ordered. What was said to go back before is
 * taken back at once. Whatever became of the wallet, the money is there.
 * @throws PriceOutdated where another price is in force by the lane's time
 * @throws SliceTooSmall while nothing is reserved for it any more and the lane may still get more
 * capacity
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
      // The provider has the money, and owes it to the operator.
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

/** What money buys, and at which price; nothing where it does not buy a µAIT. */
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
