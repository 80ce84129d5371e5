import { prorated, subscriptionPeriodAt } from '@tokengrid/rating';
import type { CountedPlan } from '../decisions/rules/terms.ts';
import type { AppFacts, SubscriptionFacts } from './facts.ts';
import { type CountedPart, SubscribedPlan } from './plan-terms.ts';

/** A period of a subscription that is over, and has a minimum. */
interface EndedPeriod {
  readonly plan: CountedPlan;
  /** Least that it comes to: the plan's minimum for the subscribed time of the month. */
  readonly minimum: bigint;
  /** Epoch milliseconds. */
  readonly until: number;
}

/** Months that are looked at: those of longer ago were closed, or are forgotten. */
const mostMonths = 3;

/**
 * The last periods of a subscription that ended by a time and whose plan has a minimum. Its time in
 * a free trial is no subscribed time.
 */
export function endedPeriods(
  slug: string,
  app: AppFacts,
  subscription: SubscriptionFacts,
  by: number,
): readonly EndedPeriod[] {
  const subscribed = new SubscribedPlan(slug, app, subscription);
  const ended: EndedPeriod[] = [];
  let at = by - 1;
  for (let months = 0; months <= mostMonths && at >= subscription.from; months++) {
    const month = subscriptionPeriodAt(subscription, at);
    at = month.from - 1;
    if (month.until > by || month.until === month.from) continue;
    const part = subscribed.countedPartAt(month.until - 1);
    const minimum = part === undefined ? 0n : minimumOf(part, subscribed.trialUntil);
    if (part && minimum > 0n) ended.push({ plan: subscribed.counted(part), minimum, until: part.until });
  }
  return ended;
}

function minimumOf({ plan, from, until, monthFrom, monthUntil }: CountedPart, trialUntil: number): bigint {
  const subscribedMs = Math.max(0, until - Math.max(from, trialUntil));
  return prorated(BigInt(plan.minimumCharge ?? 0), subscribedMs, monthUntil - monthFrom);
}
