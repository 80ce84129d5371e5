import { AppUnsubscribed, instantOf, SubscriptionRefused } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { subscriptionPeriodAt } from '@tokengrid/rating';
import { runningAt, type Subscription } from '../state/subscription.ts';
import type { Decided } from '../rules/decided.ts';

export interface EndSubscription {
  readonly subscriptionId: string;
  readonly appId: string;
  readonly partyId: string;
  /** True to end it with its month, which is paid; else it ends at once. */
  readonly atPeriodEnd?: boolean | undefined;
}

/**
 * Ends a party's subscription, at once or with its month. A later one to the same app is another
 * subscription, and stays.
 */
export function endSubscription(
  state: Subscription,
  { subscriptionId, appId, partyId, atPeriodEnd = false }: EndSubscription,
  { time }: DecisionContext,
): Decided<'endSubscription'> {
  const running = runningAt(state, subscriptionId, time);
  if (!running) return [SubscriptionRefused({ appId, partyId, code: 'APP_REGISTRY.NOT_SUBSCRIBED' })];
  const { from, slug, endsAt } = running;
  const periodEnd = endsAt ?? subscriptionPeriodAt({ from, until: null }, time).until;
  const until = instantOf(atPeriodEnd ? periodEnd : time);
  return [AppUnsubscribed({ subscriptionId, appId, slug, partyId, until })];
}
