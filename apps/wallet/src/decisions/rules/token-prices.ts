import {
  type AnnouncedPrice,
  mostAnnounced,
  mostToCome,
  type TokenPriceList,
  type TokenPrice,
} from '../state/token-prices.ts';

/** A price as it was looked up for a command, and how long it is in force. */
export interface PriceInForce extends TokenPrice {
  /**
   * When the next one that is posted takes effect, in epoch milliseconds; nothing: none is, or
   * nobody looked.
   */
  readonly until?: number | undefined;
}

/**
 * By the lane's time, the price that a command brings is in force no more: the one of that time has
 * to be looked up.
 */
export class PriceOutdated extends Error {
  override readonly name = 'PriceOutdated';

  /** @param time by the lane's clock; epoch milliseconds */
  constructor(readonly time: number) {
    super('another price is in force by now');
  }
}

/** @throws PriceOutdated */
export function mustBeInForce({ until }: PriceInForce, time: number): void {
  if (until !== undefined && until <= time) throw new PriceOutdated(time);
}

/** Whether a price could be the ledger's, and one more be announced; if not, why. */
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
 * What tokens cost, in minor units, rounded up; {@link proceedsOf} rounds down. Rounded to the
 * nearest, a thousand purchases of less than half a unit each would be free, and as many sales
 * would be paid twice.
 */
export const costOf = (tokens: bigint, { buy }: TokenPrice): bigint => (tokens * buy + microPerAit - 1n) / microPerAit;

/** What tokens bring when sold back, in minor units, rounded down. */
export const proceedsOf = (tokens: bigint, { sellBack }: TokenPrice): bigint => (tokens * sellBack) / microPerAit;

/**
 * µAIT that so many minor units pay for at most; `undefined` where tokens cost nothing, and any
 * number is paid for.
 */
export const boughtFor = (money: bigint, { buy }: Pick<TokenPrice, 'buy'>): bigint | undefined =>
  buy === 0n ? undefined : (money * microPerAit) / buy;
