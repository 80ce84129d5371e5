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
import { boughtFor } from '../rules/token-prices.ts';
import { type PriceInForce } from '../rules/token-prices.ts';
import type { OpenedWallet } from '../state/wallet.ts';
import { afterEvent } from '../state/wallet.ts';
import { roomOf, type WalletLane } from '../state/wallet-lane.ts';

/**
 * A charge has to buy tokens first, and does not know at what terms. Nothing is decided: it comes
 * again with them.
 */
export class TermsNeeded extends Error {
  override readonly name = 'TermsNeeded';
}

/** What tokens are sold at when a charge has to buy some. */
export interface MarketTerms {
  /** What the operator has posted, if anything. */
  readonly posted: PriceInForce | undefined;
  readonly policy: MarketPolicy;
}

export interface ToppingUp {
  readonly chargeId: string;
  /** Looked up only for a charge that needs them. */
  readonly market?: MarketTerms | undefined;
  /**
   * Capacity left beside the lane's slice, in µAIT; present once the lane's request for more was
   * refused.
   */
  readonly capacityLeft?: bigint;
}

/** Why nothing is bought for a charge. */
type NotToppedUp =
  { readonly code: 'WALLET.NO_TOKEN_PRICE' | 'WALLET.PRICE_TOO_LARGE' } | CapacityLacking | MonthlyLimitExceeded;

/**
 * Buys what a charge lacks on the carrier's bill: as many tokens as the minor units pay for that it
 * costs. What the charge does not take of them stays in the wallet. Refused, in this order, where
 * there is no price, where it comes to more than any bill takes, for what the wallet's own policy
 * lets be spent so in the month, for what the carrier may bill, and where the operator's capacity
 * does not cover it.
 * @throws TermsNeeded while the terms are not known
 * @throws PriceOutdated where the price is in force no more
 * @throws SliceTooSmall while the lane may still get more capacity
 */
export function topUp(
  wallet: OpenedWallet,
  lacking: bigint,
  { chargeId, market, capacityLeft }: ToppingUp,
  context: DecisionContext<WalletLane>,
): { readonly wallet: OpenedWallet; readonly bought: Decided } | NotToppedUp {
  if (!market) throw new TermsNeeded('what is lacking has to be bought');
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
 * As many of the tokens that were paid for as the capacity covers, where it covers what is lacking.
 * @throws SliceTooSmall while the lane may still get more capacity
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
