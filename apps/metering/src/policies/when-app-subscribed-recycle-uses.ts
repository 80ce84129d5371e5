import { Controller } from '@nestjs/common';
import type { AppSubscribed, EventOf } from '@tokengrid/contracts';
import { appRegistryCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { subscriptionKey } from '../rate-card/facts.ts';
import { type Arrival, Recycling } from '../flows/recycling.ts';

type Subscribed = EventOf<typeof AppSubscribed>;

@Controller()
export class WhenAppSubscribedRecycleUses {
  constructor(private readonly recycling: Recycling) {}

  /** Rates usage of a subscription that was reported before the subscription was known. */
  @Policy({ name: 'when-app-subscribed-recycle-uses', from: appRegistryCatalogue, on: ['AppSubscribed'] })
  recycleUses(event: Recorded<Subscribed>, reaction: Reaction) {
    return this.recycling.release(subscriptionArrival(event), reaction);
  }
}

/** Arrival of a subscription. */
function subscriptionArrival({ data: { subscriptionId, slug, partyId } }: Subscribed): Arrival {
  const key = subscriptionKey(slug, partyId);
  return {
    about: { app: slug, partyId },
    needs: () => [`subscription:${key}`],
    isIn: ({ subscriptions }) =>
      subscriptions.get(key)?.some((known) => known.subscriptionId === subscriptionId) ?? false,
  };
}
