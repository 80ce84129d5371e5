import { scaled, type SlicePrices } from '@tokengrid/contracts';
import type { PriceList } from './price-list.ts';

/**
 * Free units of a slice, which were set aside for it alone. After a change of tariff the units are
 * others: what began before goes on with those of before.
 */
export class FreeUnits {
  /** Units × 10^6 by list and meter. */
  private readonly left = new Map<string, bigint>();

  /** Adds what a request of the slice has set aside. */
  add(lists: readonly SlicePrices[]): void {
    for (const { of, prices } of lists) {
      for (const { meter, free } of prices) if (free !== undefined) this.change(of, meter, scaled(free));
    }
  }

  of(list: PriceList, meter: string): bigint {
    return this.left.get(`${list.of} ${meter}`) ?? 0n;
  }

  /** Gives back what a use had of a list, and takes what it has now. */
  exchange({ of }: PriceList, had: ReadonlyMap<string, bigint>, has: ReadonlyMap<string, bigint>): void {
    for (const [meter, units] of had) this.change(of, meter, units);
    for (const [meter, units] of has) this.change(of, meter, -units);
  }

  private change(of: string, meter: string, by: bigint): void {
    const key = `${of} ${meter}`;
    this.left.set(key, (this.left.get(key) ?? 0n) + by);
  }
}
