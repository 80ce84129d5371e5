import { AppUnsubscribed, instantOf, SubscriptionRefused } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { runningAt, type Subscription } from '../state/subscription.ts';
import type { Decided } from '../rules/decided.ts';
import type { EndSubscription } from './end-subscription.ts';

/** Ends a subscription whose fee was not paid within its time of grace. */
export function endUnpaid(
  state: Subscription,
  { subscriptionId, appId, partyId }: EndSubscription,
  { time }: DecisionContext,
): Decided<'endUnpaid'> {
  const running = runningAt(state, subscriptionId, time);
  if (!running) return [SubscriptionRefused({ appId, partyId, code: 'APP_REGISTRY.NOT_SUBSCRIBED' })];
  const { slug, unpaid } = running;
  if (!unpaid || unpaid.graceUntil > time) {
    return [SubscriptionRefused({ appId, partyId, code: 'APP_REGISTRY.NOT_DUE' })];
  }
  return [AppUnsubscribed({ subscriptionId, appId, slug, partyId, until: instantOf(time), reason: 'unpaid' })];
}
