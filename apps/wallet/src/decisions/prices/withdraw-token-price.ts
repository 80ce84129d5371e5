import { TokenPriceWithdrawalRefused, TokenPriceWithdrawn } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { AnnouncedPrice, TokenPriceList } from '../state/token-prices.ts';
import type { WalletLane } from '../state/wallet-lane.ts';
import type { CodesOfCommand, Decided } from '../rules/decided.ts';

export interface WithdrawTokenPrice {
  readonly priceVersion: number;
}

/**
 * Withdraws an announced price. Refusals, in order: no such price, a price withdrawn before its
 * time, a price whose time has come (withdrawn or not, since it may have been used).
 */
export function withdrawTokenPrice(
  prices: TokenPriceList,
  { priceVersion }: WithdrawTokenPrice,
  { time }: DecisionContext<WalletLane>,
): Decided<'withdrawTokenPrice'> {
  const refused = (code: CodesOfCommand<'withdrawTokenPrice'>) => [TokenPriceWithdrawalRefused({ priceVersion, code })];
  if (priceVersion > prices.posted) return refused('NOT_FOUND');
  const isToCome = (price: AnnouncedPrice) => price.priceVersion === priceVersion && price.effectiveFrom > time;
  if (prices.withdrawn.some(isToCome)) return refused('WALLET.PRICE_WITHDRAWN');
  if (!prices.announced.some(isToCome)) return refused('WALLET.PRICE_IN_FORCE');
  return [TokenPriceWithdrawn({ priceVersion })];
}
