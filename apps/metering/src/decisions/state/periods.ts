import { type CountedIn, instantOf, type RatedUse } from '@tokengrid/contracts';
import { emptyPeriod, evolvePeriod, type Period } from '@tokengrid/rating';

/** A subscription's period as its uses have left it. */
interface CountedPeriod {
  /** End of the period, as its last use said it. */
  readonly until: string;
  /** `<of>@<version>` of the plan's terms: those of the period's first use. */
  readonly version: string;
  readonly period: Period;
}

/**
 * Periods of a payer's subscriptions in which uses were counted, those of the last weeks. Times are
 * those of uses: a fold knows no clock.
 */
export interface WithPeriods {
  /** By {@link periodKey}. */
  readonly periods: ReadonlyMap<string, CountedPeriod>;
  /** Periods that ended before this time are forgotten. */
  readonly forgottenUntil: string;
}

/**
 * How long a period is remembered from its end on: as long as its uses may be reported, which is 35
 * days, and two days for clocks that differ.
 */
const periodsKeptMs = 37 * 24 * 60 * 60 * 1000;

/** Periods of a payer without any. */
export const noPeriods: WithPeriods = { periods: new Map(), forgottenUntil: '' };

/** Key of a subscription's period. */
export const periodKey = ({ subscriptionId, from }: Pick<CountedIn, 'subscriptionId' | 'from'>): string =>
  `${subscriptionId} ${from}`;

/** A use, as far as periods are concerned. */
export type CountedUse = Pick<RatedUse, 'time' | 'priceVersion' | 'counted'>;

/** A payer after uses were rated. Uses of plans that do not count change nothing. */
export function withUses<P extends WithPeriods>(payer: P, uses: readonly CountedUse[]): P {
  if (!uses.some(({ counted }) => counted)) return payer;
  const periods = new Map(payer.periods);
  for (const use of uses) if (use.counted) count(periods, use, use.counted);
  return { ...payer, periods, forgottenUntil: forgetOld(periods, payer.forgottenUntil, uses) };
}

function count(periods: Map<string, CountedPeriod>, { priceVersion }: CountedUse, counted: CountedIn): void {
  const key = periodKey(counted);
  const { version = versionOf(priceVersion), period = emptyPeriod } = periods.get(key) ?? {};
  periods.set(key, { until: counted.until, version, period: evolvePeriod(period, counted.change) });
}

/** The app's part of a use's price versions: it is the first one. */
const versionOf = (priceVersion: string): string => priceVersion.split(',', 1)[0]!;

/**
 * Forgets periods that ended long before the latest of the uses.
 * @returns the end of the last forgotten one
 */
function forgetOld(periods: Map<string, CountedPeriod>, forgotten: string, uses: readonly CountedUse[]): string {
  const latest = Math.max(...uses.map(({ time }) => Date.parse(time)));
  const earliest = instantOf(latest - periodsKeptMs);
  let forgottenUntil = forgotten;
  for (const [key, { until }] of periods) {
    if (until >= earliest) continue;
    periods.delete(key);
    if (until > forgottenUntil) forgottenUntil = until;
  }
  return forgottenUntil;
}
