import { derivedId, largestAmount, TokensPurchased } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { onDay } from '../state/calendar.ts';
import type { Decided } from '../rules/decided.ts';
import { capacityShortOf, useCapacity } from '../rules/issuance.ts';
import type { MonthlyLimitExceeded } from '../rules/market-limits.ts';
import { billRefusal, exhaustionRefusal } from '../rules/market-limits.ts';
import type { MarketPolicy } from '../state/market-policies.ts';
import { pricedAt } from '../rules/price-in-force.ts';
import { billedPostings, purchasedLot } from '../rules/purchases.ts';
import type { CapacityLacking } from '../rules/issuance.ts';
import { boughtFor, isInForce } from '../rules/token-prices.ts';
import { type PriceInForce } from '../rules/token-prices.ts';
import type { OpenedWallet } from '../state/wallet.ts';
import { afterEvent } from '../state/wallet.ts';
import { roomOf, type WalletLane } from '../state/wallet-lane.ts';
import { FactNeeded } from '../state/facts.ts';

/** Terms of a purchase made for a charge. */
export interface MarketTerms {
  /** Price posted by the operator, if any. */
  readonly posted: PriceInForce | undefined;
  readonly policy: MarketPolicy;
}

export interface ToppingUp {
  readonly chargeId: string;
  /** Terms, looked up only for a charge that needs them. */
  readonly market?: MarketTerms | undefined;
  /**
   * Capacity left beside the lane's slice, in µAIT; present once the lane's request for more was
   * refused.
   */
  readonly capacityLeft?: bigint;
}

/** Reason why nothing is bought for a charge. */
type NotToppedUp =
  { readonly code: 'WALLET.NO_TOKEN_PRICE' | 'WALLET.PRICE_TOO_LARGE' } | CapacityLacking | MonthlyLimitExceeded;

/**
 * Buys the tokens that a charge lacks on the carrier's bill, rounded up to whole minor units; the
 * excess stays in the wallet.
 *
 * Refusals, in order: no price, an amount beyond any bill, the monthly cap of the wallet's policy,
 * the limit of the bill, lacking capacity.
 * @throws FactNeeded marketTerms, without terms or where their price is no longer in force
 * @throws FactNeeded capacity, while the lane may still be granted more capacity
 */
export function topUp(
  wallet: OpenedWallet,
  lacking: bigint,
  { chargeId, market, capacityLeft }: ToppingUp,
  context: DecisionContext<WalletLane>,
): { readonly wallet: OpenedWallet; readonly bought: Decided } | NotToppedUp {
  if (!market || !isInForce(market.posted, context.time)) throw new FactNeeded('marketTerms', { time: context.time });
  const { posted, policy } = market;
  if (!posted) return { code: 'WALLET.NO_TOKEN_PRICE' };
  const { price, terms } = pricedAt(posted, { side: 'buy', tokens: lacking }, context.time);
  if (price.amount > largestAmount) return { code: 'WALLET.PRICE_TOO_LARGE' };
  const { day, timeZone } = onDay(context);
  const barred = exhaustionRefusal(wallet, price.amount, day) ?? billRefusal(wallet, price.amount, day, policy);
  if (barred) return barred;
  const most = boughtFor(price.amount, posted) ?? lacking;
  const covered = coveredOf(lacking, most, context, capacityLeft);
  if (typeof covered !== 'bigint') return covered;
  const { walletId } = wallet;
  const purchase = { purchaseId: derivedId('pur', chargeId), tokens: covered };
  const event = TokensPurchased({
    ...{
      walletId,
      ...purchase,
      method: 'carrier-bill',
      price,
      ...terms,
      automatic: true,
      day,
      timeZone,
      status: 'completed',
    },
    lot: purchasedLot(wallet, purchase),
    postings: billedPostings(walletId, covered, price, context.lane),
  });
  return { wallet: afterEvent(wallet, event), bought: [event, useCapacity(walletId, covered)] };
}

/**
 * Paid tokens within the capacity, where it covers at least the lacking ones.
 * @throws FactNeeded capacity, while the lane may still be granted more capacity
 */
function coveredOf(
  lacking: bigint,
  most: bigint,
  { system, lane }: DecisionContext<WalletLane>,
  capacityLeft: bigint | undefined,
): bigint | CapacityLacking {
  if (capacityShortOf(most, system, lane, capacityLeft) === undefined) return most;
  const room = roomOf(system);
  if (room >= lacking) return room;
  // There is something left beside the lane's slice, not enough for all that was paid for: the lane
  // asks for what is lacking.
  const left = capacityLeft! < lacking - room ? capacityLeft : undefined;
  const available = capacityShortOf(lacking, system, lane, left)!;
  return { code: 'WALLET.ISSUANCE_EXHAUSTED', available, required: lacking };
}
