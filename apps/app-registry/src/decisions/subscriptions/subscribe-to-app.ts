import type { AppRegistryEvent } from '@tokengrid/contracts';
import { AppSubscribed, instantOf, SubscriptionRefused } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Subscription } from '../state/subscription.ts';

/** What an app offers at the moment of the command. */
export interface AppOffer {
  readonly suspended: boolean;
  /** The version in force, and its plans; `undefined` while none is published and in force. */
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

/** Subscribes a party to a plan of the version that is in force. */
export function subscribeToApp(
  state: Subscription,
  { offer, ...wanted }: SubscribeToApp,
  { time }: DecisionContext,
): readonly AppRegistryEvent[] {
  const { appId, partyId, planId } = wanted;
  const refused = (code: string, detail: string) => [SubscriptionRefused({ appId, partyId, code, detail })];
  if (offer.suspended) return refused('APP_REGISTRY.APP_SUSPENDED', 'the app is suspended');
  if (offer.version === undefined) return refused('APP_REGISTRY.APP_NOT_PUBLISHED', 'the app has no version in force');
  if (!offer.planIds.includes(planId)) {
    return refused('APP_REGISTRY.PLAN_NOT_OFFERED', `the plans on offer are ${offer.planIds.join(', ')}`);
  }
  if (state.status === 'active') {
    return refused('APP_REGISTRY.ALREADY_SUBSCRIBED', 'the party has a subscription to the app already');
  }
  return [AppSubscribed({ ...wanted, version: offer.version, from: instantOf(time) })];
}
