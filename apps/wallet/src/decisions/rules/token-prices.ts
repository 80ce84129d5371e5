import {
  type AnnouncedPrice,
  mostAnnounced,
  mostToCome,
  type TokenPriceList,
  type TokenPrice,
} from '../state/token-prices.ts';
import { FactNeeded } from '../state/facts.ts';

/** A price looked up for a command, with the end of its validity. */
export interface PriceInForce extends TokenPrice {
  /**
   * Time of effect of the next posted price, in epoch milliseconds; undefined: none posted or not
   * looked up.
   */
  readonly until?: number | undefined;
}

/** True if a price, or the lack of one, still holds at a time. */
export const isInForce = (price: PriceInForce | undefined, time: number): boolean =>
  price?.until === undefined || time < price.until;

/** @throws FactNeeded price */
export function mustBeInForce(price: PriceInForce, time: number): void {
  if (!isInForce(price, time)) throw new FactNeeded('price', { time });
}

/**
 * The refusal of a price in another currency than the ledger's, or beyond the maximum of announced
 * prices, if any.
 */
export function postingRefusal(
  { currency: own, announced, withdrawn }: TokenPriceList,
  { currency, effectiveFrom }: { readonly currency: string; readonly effectiveFrom: number | undefined },
  time: number,
) {
  if (own !== null && own !== currency) return { code: 'WALLET.CURRENCY_MISMATCH' } as const;
  const toCome = (prices: readonly AnnouncedPrice[]) => prices.filter((price) => price.effectiveFrom > time).length;
  const isAnnounced = effectiveFrom !== undefined && effectiveFrom > time;
  const isFull = toCome(announced) >= mostAnnounced || toCome(announced) + toCome(withdrawn) >= mostToCome;
  return isAnnounced && isFull ? ({ code: 'WALLET.TOO_MANY_PRICES' } as const) : undefined;
}

const microPerAit = 1000000n;

/**
 * Cost of tokens in minor units, rounded up, while {@link proceedsOf} rounds down. Rounding to the
 * nearest would make small purchases free and pay small sales twice.
 */
export const costOf = (tokens: bigint, { buy }: TokenPrice): bigint => (tokens * buy + microPerAit - 1n) / microPerAit;

/** Proceeds of tokens sold back, in minor units, rounded down. */
export const proceedsOf = (tokens: bigint, { sellBack }: TokenPrice): bigint => (tokens * sellBack) / microPerAit;

/** Maximum of µAIT that an amount in minor units pays for; undefined at a price of zero. */
export const boughtFor = (money: bigint, { buy }: Pick<TokenPrice, 'buy'>): bigint | undefined =>
  buy === 0n ? undefined : (money * microPerAit) / buy;
