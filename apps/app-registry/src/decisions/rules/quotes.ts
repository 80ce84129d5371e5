import type { Units } from '@tokengrid/contracts';
import {
  type Aggregation,
  periodAt,
  type Plan,
  type Rated,
  rateInPeriod,
  termsOf,
  type Unrated,
} from '@tokengrid/rating';

/** Prices of a use, and how its meters count. Meters without an aggregation are sums. */
export interface PricesOnOffer extends Plan {
  readonly aggregations: ReadonlyMap<string, Aggregation>;
}

/** A use for a quote, which is not made. */
export interface QuotedUse {
  readonly units: Units;
  /** Quantities of the subscription's period before it, by meter. */
  readonly used: Units;
}

/** Cost of a use, by the library that metering charges by: the same is charged. */
export function quoteOf(onOffer: PricesOnOffer, { units, used }: QuotedUse): Rated | Unrated {
  const terms = termsOf(onOffer, onOffer.aggregations);
  const period = periodAt(terms, used);
  if (typeof period === 'string') return period;
  // Later than all that was used, whatever the time is.
  return rateInPeriod(terms, period, { units, time: Number.MAX_SAFE_INTEGER, key: '' });
}

/** A meter that counts, and of which a part was used: there is no such period. */
export function partOfCount({ aggregations }: PricesOnOffer, used: Units): string | undefined {
  return Object.keys(used).find((meter) => {
    const aggregation = aggregations.get(meter);
    return (aggregation === 'count' || aggregation === 'unique') && /\.\d*[1-9]/.test(used[meter]!);
  });
}
