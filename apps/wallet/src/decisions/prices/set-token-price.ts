import { instantOf, TokenPriceSet } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { TokenPriceList } from '../state/token-prices.ts';
import type { WalletLane } from '../state/wallet-lane.ts';
import type { Decided } from '../rules/decided.ts';

export interface SetTokenPrice {
  readonly currency: string;
  /** Minor units per AIT; `sellBack` is not above `buy`. */
  readonly buy: bigint;
  readonly sellBack: bigint;
  /** Epoch milliseconds; without it, at once. */
  readonly effectiveFrom: number | undefined;
}

/**
 * Posts a price from a time on. Never for the past, where others have bought already: such a time
 * means now.
 */
export function setTokenPrice(
  prices: TokenPriceList,
  { currency, buy, sellBack, effectiveFrom }: SetTokenPrice,
  { time }: DecisionContext<WalletLane>,
): Decided {
  const from = instantOf(Math.max(effectiveFrom ?? time, time));
  return [TokenPriceSet({ priceVersion: prices.posted + 1, currency, buy, sellBack, effectiveFrom: from })];
}
