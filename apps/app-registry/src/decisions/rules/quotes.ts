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

/** What a use is priced by, and how its meters count; meters that are not named are sums. */
export interface PricesOnOffer extends Plan {
  readonly aggregations: ReadonlyMap<string, Aggregation>;
}

/** A use that nobody made. */
export interface QuotedUse {
  readonly units: Units;
  /** What the subscription's period has come to before it, by meter. */
  readonly used: Units;
}

/** What a use would cost: by the library that metering charges by, so that nothing else is charged. */
export function quoteOf(onOffer: PricesOnOffer, { units, used }: QuotedUse): Rated | Unrated {
  const terms = termsOf(onOffer, onOffer.aggregations);
  const period = periodAt(terms, used);
  if (typeof period === 'string') return period;
  // Later than all that was used, whatever the time is.
  return rateInPeriod(terms, period, { units, time: Number.MAX_SAFE_INTEGER, key: '' });
}
