import { AppUnsubscribed, instantOf, SubscriptionRefused } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Subscription } from '../state/subscription.ts';
import type { Decided } from '../rules/decided.ts';

export interface EndSubscription {
  readonly subscriptionId: string;
  readonly appId: string;
  readonly partyId: string;
}

/**
 * Ends a party's subscription at once. A later one to the same app is another subscription, and
 * stays.
 */
export function endSubscription(
  state: Subscription,
  { subscriptionId, appId, partyId }: EndSubscription,
  { time }: DecisionContext,
): Decided<'endSubscription'> {
  if (state.status === 'none' || state.subscriptionId !== subscriptionId) {
    return [SubscriptionRefused({ appId, partyId, code: 'APP_REGISTRY.NOT_SUBSCRIBED' })];
  }
  return [AppUnsubscribed({ subscriptionId, appId, slug: state.slug, partyId, until: instantOf(time) })];
}
