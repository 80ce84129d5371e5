import { type CountedIn, scaled, type Units } from '@tokengrid/contracts';
import {
  type Aside,
  emptyPeriod,
  type Period,
  rateAside,
  type Rated,
  rateInPeriod,
  type Unrated,
} from '@tokengrid/rating';
import type { Use } from '../state/payer.ts';
import { periodKey, type WithPeriods } from '../state/periods.ts';
import { asideIn, type WithSlices } from '../state/slices.ts';
import type { CountedPlan, CountedTerms } from './terms.ts';

/** A period of the payer's, and the terms that hold for it. */
export interface OpenPeriod extends CountedTerms {
  /** Version of the plan by which the period is rated. */
  readonly version: number;
  readonly period: Period;
}

/** A use as it counts in a subscription's period. */
export interface Counted extends OpenPeriod {
  readonly rated: Rated;
  readonly counted: CountedIn;
}

/** Reason why a use can't be counted. */
export type Uncounted = Unrated | 'period-over' | 'terms-unknown';

/**
 * The period that a use of a counted plan is in. Its terms are those of its first use, however much
 * was published since: uses of one period cost the same in any order.
 */
export function openPeriod(
  payer: WithPeriods,
  { of, period, version, versions }: CountedPlan,
): OpenPeriod | 'period-over' | 'terms-unknown' {
  if (period.until <= payer.forgottenUntil) return 'period-over';
  const found = payer.periods.get(periodKey(period));
  const holding = found ? versionNamed(found.version, of) : version;
  const terms = holding === undefined ? undefined : versions.get(holding);
  if (holding === undefined || !terms) return 'terms-unknown';
  return { ...terms, version: holding, period: found?.period ?? emptyPeriod };
}

/** Periods of a payer, and what slices have set aside in them. */
export type Counting = WithPeriods & Partial<WithSlices>;

/** A use, as far as a period counts it. */
export type CountedUse = Pick<Use, 'usageId' | 'time' | 'units' | 'slice'> & {
  /** Units of it that were set aside for its slice. */
  readonly free?: Units | undefined;
};

/**
 * Counts a use in the payer's period, however late it is. What it has of the units that were set
 * aside for its slice, it takes the place of.
 */
export function countUse(payer: Counting, plan: CountedPlan, use: CountedUse): Counted | Uncounted {
  const open = openPeriod(payer, plan);
  if (typeof open === 'string') return open;
  const { usageId: key, time, units } = use;
  const is = { units, time: Date.parse(time), key };
  const aside = asideOf(payer, plan, use, open);
  const rated = aside ? rateAside(open.terms, open.period, aside, is) : rateInPeriod(open.terms, open.period, is);
  return typeof rated === 'string' ? rated : { ...open, rated, counted: countedIn(plan, rated) };
}

/** What a use takes of the units that were set aside; undefined if nothing. */
function asideOf(
  payer: Counting,
  { period }: CountedPlan,
  { units, slice, free }: CountedUse,
  { terms }: Pick<OpenPeriod, 'terms'>,
): Aside | undefined {
  const aside = slice && free && asideIn(payer, slice.sliceId, periodKey(period));
  if (!aside) return undefined;
  const taken = new Map<string, bigint>();
  for (const { meter, aggregation } of terms.byPeriod) {
    if (!Object.hasOwn(units, meter) || !Object.hasOwn(free, meter)) continue;
    const used = aggregation === 'count' ? oneUnit : scaled(units[meter]!);
    const least = [used, scaled(free[meter]!), aside.units.get(meter) ?? 0n].reduce((one, other) =>
      other < one ? other : one,
    );
    if (least > 0n) taken.set(meter, least);
  }
  return taken.size > 0 ? { time: aside.time, key: aside.key, units: taken } : undefined;
}

const oneUnit = 1_000_000n;

/** Subscription's period, and the change of it. */
export function countedIn({ period: { subscriptionId, from, until } }: CountedPlan, { change }: Rated): CountedIn {
  const { counted, takenBack, ...lines } = change;
  return { subscriptionId, from, until, change: { counted: [...counted], takenBack: [...takenBack], ...lines } };
}

/** Number of a version `<of>@<number>`. */
function versionNamed(name: string, of: string): number | undefined {
  return name.startsWith(`${of}@`) ? Number(name.slice(of.length + 1)) : undefined;
}
