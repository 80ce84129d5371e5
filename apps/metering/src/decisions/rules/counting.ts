import type { CountedIn } from '@tokengrid/contracts';
import { emptyPeriod, type Period, type Rated, rateInPeriod, type Unrated } from '@tokengrid/rating';
import type { Use } from '../state/payer.ts';
import { periodKey, type WithPeriods } from '../state/periods.ts';
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

/** Counts a use in the payer's period, however late it is. */
export function countUse(
  payer: WithPeriods,
  plan: CountedPlan,
  { usageId, time, units }: Pick<Use, 'usageId' | 'time' | 'units'>,
): Counted | Uncounted {
  const open = openPeriod(payer, plan);
  if (typeof open === 'string') return open;
  const rated = rateInPeriod(open.terms, open.period, { units, time: Date.parse(time), key: usageId });
  return typeof rated === 'string' ? rated : { ...open, rated, counted: countedIn(plan, rated) };
}

/** Subscription's period, and the change of it. */
export function countedIn({ period: { subscriptionId, from, until } }: CountedPlan, { change }: Rated): CountedIn {
  const { counted, takenBack, ...lines } = change;
  return { subscriptionId, from, until, change: { counted: [...counted], takenBack: [...takenBack], ...lines } };
}

/** Number of a version `<of>@<number>`. */
function versionNamed(name: string, of: string): number | undefined {
  return name.startsWith(`${of}@`) ? Number(name.slice(of.length + 1)) : undefined;
}
