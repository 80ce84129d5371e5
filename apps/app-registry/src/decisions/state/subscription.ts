import type { AppRegistryEvent, EventsOf, subscriptionEvents } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';

/** A party's subscription to an app: one at a time. */
export type Subscription =
  { readonly status: 'none' } | { readonly status: 'active'; readonly subscriptionId: string; readonly slug: string };

/** The stream of one party's subscriptions to one app. */
export const subscription: Aggregate<Subscription, AppRegistryEvent> = {
  name: 'subscription',
  stateVersion: 1,
  initial: { status: 'none' },
  evolve: evolveSubscription,
};

/** Id of the stream of a party's subscriptions to an app. */
export function subscriptionStreamId(appId: string, partyId: string): string {
  return `subscription-${appId}-${partyId}`;
}

function evolveSubscription(state: Subscription, event: EventsOf<typeof subscriptionEvents>): Subscription {
  switch (event.type) {
    case 'AppSubscribed':
      return { status: 'active', subscriptionId: event.data.subscriptionId, slug: event.data.slug };
    case 'AppUnsubscribed':
      return { status: 'none' };
    case 'SubscriptionRefused':
      return state;
  }
}
