import { Controller } from '@nestjs/common';
import type { EventOf, OrganizationRegistered, SubscriberRegistered } from '@tokengrid/contracts';
import { identityCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { type Arrival, Recycling } from '../flows/recycling.ts';

type Registered = EventOf<typeof OrganizationRegistered | typeof SubscriberRegistered>;

@Controller()
export class WhenOrganizationRegisteredOrSubscriberRegisteredRecycleUses {
  constructor(private readonly recycling: Recycling) {}

  /** Rates usage of a party that was reported before the party was known. */
  @Policy({
    name: 'when-organization-registered-or-subscriber-registered-recycle-uses',
    from: identityCatalogue,
    on: ['OrganizationRegistered', 'SubscriberRegistered'],
  })
  recycleUses(event: Recorded<Registered>, reaction: Reaction) {
    return this.recycling.release(partyArrival(event), reaction);
  }
}

/** Arrival of a party. */
function partyArrival({ data: { partyId } }: Registered): Arrival {
  return { about: { partyId }, needs: () => [`party:${partyId}`], isIn: ({ parties }) => parties.has(partyId) };
}
