import type { CountedUses } from './counted-uses.ts';
import { type Facts, inForce, type Subscription } from './facts.ts';
import { leastOf, type Terms, totalOf } from './period-costs.ts';
import { type Earner, sharesOf, termsFor } from './rating.ts';
import { monthAt, type Span, trialEnd } from './subscription-months.ts';

/** End of a subscription's period, which has a minimum. */
export interface Closing extends Span {
  readonly subscription: Subscription;
  readonly of: string;
  readonly plan: string;
  readonly version: number;
  readonly operatorBps: number;
  readonly developerId: string;
  readonly terms: Terms;
  /** Least that the period comes to from then on: for its subscribed time, without free days. */
  readonly least: bigint;
}

/**
 * The end of the period that a time is in: of its month, or of the subscription before; `undefined`
 * where its uses don't count, or need not.
 */
export function closingAt(facts: Facts, subscription: Subscription, time: number): Closing | undefined {
  const app = facts.apps.get(subscription.slug)!;
  const { from: beginning, plan } = subscription;
  const month = monthAt(beginning, time);
  const found = termsFor(app, subscription, Math.min(month.until, subscription.until ?? Infinity) - 1);
  if (!('period' in found)) return undefined;
  const { period, terms, of, version, operatorBps } = found;
  const { trialDays } = inForce(app.versions, beginning)!.plans[plan]!;
  const subscribedMs = Math.max(0, period.until - Math.max(period.from, trialEnd(beginning, trialDays)));
  const least = leastOf(terms, subscribedMs, month.until - month.from);
  if (least === 0n) return undefined;
  const { from, until } = period;
  return { subscription, from, until, of, plan, version, operatorBps, developerId: app.developerId, terms, least };
}

/** What is missing of a period's minimum as it is closed, and its earners. */
export function restOf(
  { subscription, from, terms, least, developerId, operatorBps }: Closing,
  counted: CountedUses,
): { readonly tokens: bigint; readonly earners: readonly Earner[] } {
  const { uses } = counted.in(subscription.id, from);
  const tokens = totalOf(terms, uses, least) - totalOf(terms, uses);
  return { tokens, earners: sharesOf(tokens, { developerId, operatorBps }).earners };
}
