import { derivedId, instantOf, operatorPartyId, type RatedUse, UsageRated } from '@tokengrid/contracts';
import { closePeriod as closedBy, emptyPeriod } from '@tokengrid/rating';
import { countedIn, openPeriod } from '../rules/counting.ts';
import type { Decided } from '../rules/decided.ts';
import { chargeIdOf } from '../rules/rated-or-parked.ts';
import { sharesOf } from '../rules/shares.ts';
import type { CountedPlan } from '../rules/terms.ts';
import type { Payer } from '../state/payer.ts';

/** Source of the uses that metering states itself as periods end. */
const periodSource = 'tokengrid:period';

/** A period that is over. */
export interface ClosePeriod {
  readonly partyId: string;
  readonly app: string;
  readonly plan: CountedPlan;
  /** Least that the period comes to, for its subscribed time. */
  readonly minimum: bigint;
}

/**
 * Closes a subscription's period: what is missing of its minimum is a use of its last moment.
 * Nothing is missing of a period that is not remembered any more: the uses of that time may have
 * come to more.
 */
export function closePeriod(payer: Payer, { partyId, app, plan, minimum }: ClosePeriod): Decided {
  return [UsageRated({ partyId, uses: [restOf(payer, app, plan, minimum)] })];
}

function restOf(payer: Payer, app: string, plan: CountedPlan, minimum: bigint): RatedUse {
  const { subscriptionId, from, until } = plan.period;
  const open = openPeriod(payer, plan);
  if (open === 'terms-unknown') throw new Error(`the terms of ${subscriptionId} from ${from} on are not known`);
  const found = open === 'period-over' ? undefined : open;
  const { version, operatorBps, terms } = found ?? { version: plan.version, ...plan.versions.get(plan.version)! };
  const rated = closedBy(terms, found?.period ?? emptyPeriod, found ? minimum : 0n);
  // Of other parts than the ids of reported uses, so that no report can take it.
  const eventId = `${subscriptionId}/${from}`;
  const usageId = derivedId('usg', periodSource, eventId);
  return {
    ...{ usageId, source: periodSource, eventId, reportedBy: operatorPartyId, app, units: {} },
    time: instantOf(Math.max(Date.parse(from), Date.parse(until) - 1)),
    ...{ chargeId: chargeIdOf(usageId), plan: plan.plan, tokens: rated.tokens },
    priceVersion: `${plan.of}@${version}`,
    lines: rated.lines.map((line) => ({ of: plan.of, ...line })),
    ...{ operatorBps, ...sharesOf(rated.tokens, 0n, { operatorBps, app: plan }) },
    counted: countedIn(plan, rated),
  };
}
