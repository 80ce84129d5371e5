import { derivedId, instantOf, operatorPartyId, type RatedUse, UsageRated } from '@tokengrid/contracts';
import { type DecisionContext, NotYet } from '@tokengrid/kernel';
import { closePeriod as closedBy, emptyPeriod } from '@tokengrid/rating';
import { countedIn, openPeriod } from '../rules/counting.ts';
import type { Decided } from '../rules/decided.ts';
import { chargeIdOf } from '../rules/charge-id.ts';
import { sharesOf } from '../rules/shares.ts';
import type { CountedPlan } from '../rules/terms.ts';
import type { Payer } from '../state/payer.ts';

/** Source of the uses that metering states itself as periods end. */
export const periodSource = 'tokengrid:period';

/** A period that is over. */
export interface ClosePeriod {
  readonly partyId: string;
  readonly app: string;
  readonly plan: CountedPlan;
  /** Least that the period comes to, for its subscribed time. */
  readonly minimum: bigint;
  /** Time from which it is closed, epoch milliseconds: late uses are in by then. */
  readonly dueAt: number;
  /** Shared wallet of which the party is a member. */
  readonly memberOf?: string | undefined;
  /** API key that subscribed: its caps bind the minimum. */
  readonly key?: string | undefined;
}

/**
 * Closes a subscription's period: what is missing of its minimum is a use of its last moment.
 * Nothing is missing of a period that is not remembered any more: the uses of that time may have
 * come to more.
 * @throws NotYet before it is due
 */
export function closePeriod(
  payer: Payer,
  { partyId, app, plan, minimum, dueAt, memberOf, key }: ClosePeriod,
  { time }: Pick<DecisionContext, 'time'>,
): Decided {
  if (time < dueAt)
    throw new NotYet(`the period from ${plan.period.from} on of ${plan.period.subscriptionId} is not due`);
  const rest = restOf(payer, app, plan, minimum);
  const bound = { ...(memberOf !== undefined && { memberOf }), ...(key !== undefined && { key }) };
  return [UsageRated({ partyId, uses: [{ ...rest, ...bound }] })];
}

function restOf(payer: Payer, app: string, plan: CountedPlan, minimum: bigint): RatedUse {
  const { subscriptionId, from } = plan.period;
  const open = openPeriod(payer, plan);
  if (open === 'terms-unknown') throw new Error(`the terms of ${subscriptionId} from ${from} on are not known`);
  const found = open === 'period-over' ? undefined : open;
  const { version, operatorBps, terms } = found ?? { version: plan.version, ...plan.versions.get(plan.version)! };
  const rated = closedBy(terms, found?.period ?? emptyPeriod, found ? minimum : 0n);
  const use = closingUse(plan);
  return {
    ...{ ...use, app, chargeId: chargeIdOf(use.usageId), plan: plan.plan, tokens: rated.tokens },
    priceVersion: `${plan.of}@${version}`,
    lines: rated.lines.map((line) => ({ of: plan.of, ...line })),
    ...{ operatorBps, ...sharesOf(rated.tokens, 0n, { operatorBps, app: plan }) },
    counted: countedIn(plan, rated),
  };
}

/** The use by which a period is closed, without its app and its price: of its last moment. */
export function closingUse({ period: { subscriptionId, from, until } }: Pick<CountedPlan, 'period'>) {
  // Of other parts than the ids of reported uses, so that no report can take it.
  const eventId = `${subscriptionId}/${from}`;
  const usageId = derivedId('usg', periodSource, eventId);
  const time = instantOf(Math.max(Date.parse(from), Date.parse(until) - 1));
  return { usageId, source: periodSource, eventId, reportedBy: operatorPartyId, time, units: {} };
}
