import { derivedId, largestAmount, TokensPurchased } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { onDay } from './calendar.ts';
import type { Decided } from './expire-due.ts';
import { capacityShortOf, useCapacity } from './issuance.ts';
import type { MonthlyLimitExceeded } from './market-limits.ts';
import { billRefusal, exhaustionRefusal } from './market-limits.ts';
import type { MarketPolicy } from './market-policy.ts';
import { pricedAt } from './priced.ts';
import { billedPostings, purchasedLot } from './purchase-tokens.ts';
import type { PriceInForce } from './token-price.ts';
import type { OpenWallet } from './wallet.ts';
import { afterEvent } from './wallet.ts';
import type { WalletLane } from './wallet-lane.ts';

/** A charge has to buy tokens first, and does not know at what terms. Nothing is decided: it comes again with them. */
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
  /** Known once the lane asked for more capacity in vain: what is left beside its slice. */
  readonly capacityLeft?: bigint;
}

/** Why nothing is bought for a charge. */
type NotToppedUp =
  | { readonly code: 'WALLET.NO_TOKEN_PRICE' | 'WALLET.PRICE_TOO_LARGE' }
  | { readonly code: 'WALLET.ISSUANCE_EXHAUSTED'; readonly available: bigint; readonly required: bigint }
  | MonthlyLimitExceeded;

/**
 * Buys what a charge lacks, exactly, on the carrier's bill. Refused, in this order, where there is no price, where it comes to more than
 * any bill takes, for what the wallet's own policy lets be spent so in the month, for what the carrier may bill, and where the operator's capacity does not cover it.
 * @throws TermsNeeded while the terms are not known
 * @throws PriceOutdated where the price is in force no more
 * @throws SliceTooSmall while the lane may still get more capacity
 */
export function topUp(
  wallet: OpenWallet,
  lacking: bigint,
  { chargeId, market, capacityLeft }: ToppingUp,
  context: DecisionContext<WalletLane>,
): { readonly wallet: OpenWallet; readonly bought: Decided } | NotToppedUp {
  if (!market) throw new TermsNeeded('what is lacking has to be bought');
  const { posted, policy } = market;
  if (!posted) return { code: 'WALLET.NO_TOKEN_PRICE' };
  const { price, terms } = pricedAt(posted, { side: 'buy', tokens: lacking }, context.time);
  if (price.amount > largestAmount) return { code: 'WALLET.PRICE_TOO_LARGE' };
  const { day, timeZone } = onDay(context);
  const barred = exhaustionRefusal(wallet, price.amount, day) ?? billRefusal(wallet, price.amount, day, policy);
  if (barred) return barred;
  const available = capacityShortOf(lacking, context.system, context.lane, capacityLeft);
  if (available !== undefined) return { code: 'WALLET.ISSUANCE_EXHAUSTED', available, required: lacking };
  const { walletId } = wallet;
  const purchase = { purchaseId: derivedId('pur', chargeId), tokens: lacking };
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
    postings: billedPostings(walletId, lacking, price, context.lane),
  });
  return { wallet: afterEvent(wallet, event), bought: [event, useCapacity(walletId, lacking)] };
}
