import type { EventOf, SliceOffered } from '@tokengrid/contracts';
import { ceiled, decimalOf, unit, unitsIn } from './plan.ts';

/** Terms of a slice, as far as a gateway reckons by them. */
export type Terms = Pick<EventOf<typeof SliceOffered>['data'], 'prices' | 'tariffChangesAt' | 'validUntil'>;

/** What a use takes of its slice: µAIT at most, and units that were set aside. */
export interface Taken {
  readonly tokens: bigint;
  readonly free: Readonly<Record<string, string>>;
}

/**
 * What uses of a plan cost at most, as a gateway reckons by what it was told: free units first, and
 * what is beyond them at the stated prices, rounded up. It knows nothing of other gateways' uses.
 */
export class Reckoning {
  private prices: Terms['prices'][number]['prices'] = [];
  private until = 0;
  /** Units × 10^6 by meter. */
  private readonly free = new Map<string, bigint>();

  constructor(private readonly of: string) {}

  /** Terms of the slice, or of its renewal, whose free units come on top. */
  hear({ prices, tariffChangesAt, validUntil }: Terms): void {
    this.prices = prices.find(({ of }) => of === this.of)?.prices ?? [];
    this.until = Date.parse(tariffChangesAt ?? validUntil);
    for (const { meter, free } of this.prices) {
      if (free !== undefined) this.free.set(meter, (this.free.get(meter) ?? 0n) + unitsIn(free));
    }
  }

  /**
   * Takes what units need: free ones, and µAIT.
   * @returns undefined where it is not served: without terms, or without the tokens
   */
  take(units: Readonly<Partial<Record<string, bigint>>>, now: number, left: bigint): Taken | undefined {
    if (this.prices.length === 0 || now >= this.until) return undefined;
    let tokens = 0n;
    const taken = new Map<string, bigint>();
    for (const { meter, unitPrice, aggregation, per = '1' } of this.prices) {
      const count = units[meter];
      if (count === undefined) continue;
      const counted = aggregation === 'count' ? unit : count * unit;
      const free = this.free.get(meter) ?? 0n;
      const took = free < counted ? free : counted;
      if (took > 0n) taken.set(meter, took);
      tokens += this.costOf(counted - took, unitsIn(unitPrice), per);
    }
    if (tokens > left) return undefined;
    for (const [meter, took] of taken) this.free.set(meter, this.free.get(meter)! - took);
    return { tokens, free: Object.fromEntries([...taken].map(([meter, took]) => [meter, decimalOf(took)])) };
  }

  private costOf(counted: bigint, unitPrice: bigint, per: string): bigint {
    const blocks = per === '1' ? counted : ceiled(counted, unitsIn(per)) * unit;
    return ceiled(blocks * unitPrice, unit * unit);
  }
}
