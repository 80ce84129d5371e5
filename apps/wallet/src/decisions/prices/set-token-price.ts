import { instantOf, TokenPriceSet } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { TokenPriceList } from '../state/token-prices.ts';
import type { WalletLane } from '../state/wallet-lane.ts';
import type { Decided } from '../rules/decided.ts';

export interface SetTokenPrice {
  readonly currency: string;
  /** Minor units per AIT; `sellBack` is at most `buy`. */
  readonly buy: bigint;
  readonly sellBack: bigint;
  /** Time of effect, in epoch milliseconds; undefined: at once. */
  readonly effectiveFrom: number | undefined;
}

/**
 * Posts a price with effect from a time. A past time means now, since purchases have been made at
 * the former price.
 */
export function setTokenPrice(
  prices: TokenPriceList,
  { currency, buy, sellBack, effectiveFrom }: SetTokenPrice,
  { time }: DecisionContext<WalletLane>,
): Decided {
  const from = instantOf(Math.max(effectiveFrom ?? time, time));
  return [TokenPriceSet({ priceVersion: prices.posted + 1, currency, buy, sellBack, effectiveFrom: from })];
}
