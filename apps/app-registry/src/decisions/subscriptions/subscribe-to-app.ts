import { AppSubscribed, instantOf, SubscriptionRefused } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Subscription } from '../state/subscription.ts';
import type { Decided } from '../rules/decided.ts';

/** Current offer of an app. */
export interface AppOffer {
  readonly suspended: boolean;
  /** The version in force, and its plans; `undefined` without one. */
  readonly version: number | undefined;
  readonly planIds: readonly string[];
}

export interface SubscribeToApp {
  readonly subscriptionId: string;
  readonly appId: string;
  readonly slug: string;
  readonly developerId: string;
  readonly partyId: string;
  readonly planId: string;
  readonly offer: AppOffer;
}

/** Subscribes a party to a plan of the version in force. */
export function subscribeToApp(
  state: Subscription,
  { offer, ...wanted }: SubscribeToApp,
  { time }: DecisionContext,
): Decided<'subscribeToApp'> {
  const { appId, partyId, planId } = wanted;
  const asked = { appId, partyId };
  if (offer.suspended) return [SubscriptionRefused({ ...asked, code: 'APP_REGISTRY.APP_SUSPENDED' })];
  if (offer.version === undefined) return [SubscriptionRefused({ ...asked, code: 'APP_REGISTRY.APP_NOT_PUBLISHED' })];
  const planIds = [...offer.planIds];
  if (!planIds.includes(planId)) {
    return [SubscriptionRefused({ ...asked, code: 'APP_REGISTRY.PLAN_NOT_OFFERED', planIds })];
  }
  if (state.status === 'active') return [SubscriptionRefused({ ...asked, code: 'APP_REGISTRY.ALREADY_SUBSCRIBED' })];
  return [AppSubscribed({ ...wanted, version: offer.version, from: instantOf(time) })];
}
