import type { WalletEvent } from '@tokengrid/contracts';
import { TokenPriceWithdrawalRefused, TokenPriceWithdrawn } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { TokenPrices } from './token-price.ts';
import type { WalletLane } from './wallet-lane.ts';

export interface WithdrawTokenPrice {
  readonly priceVersion: number;
}

/**
 * Takes back a price that was announced. Refused, in this order, where there is none, where it was withdrawn before, and where its time
 * has come: somebody may have bought at it.
 */
export function withdrawTokenPrice(
  prices: TokenPrices,
  { priceVersion }: WithdrawTokenPrice,
  { time }: DecisionContext<WalletLane>,
): readonly WalletEvent[] {
  const refused = (code: Parameters<typeof TokenPriceWithdrawalRefused>[0]['code']) => [
    TokenPriceWithdrawalRefused({ priceVersion, code }),
  ];
  if (priceVersion > prices.posted) return refused('NOT_FOUND');
  if (prices.withdrawn.includes(priceVersion)) return refused('WALLET.PRICE_WITHDRAWN');
  const announced = prices.announced.find((price) => price.priceVersion === priceVersion);
  if (!announced || announced.effectiveFrom <= time) return refused('WALLET.PRICE_IN_FORCE');
  return [TokenPriceWithdrawn({ priceVersion })];
}
