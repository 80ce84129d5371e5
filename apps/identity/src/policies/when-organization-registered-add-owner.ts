import { Controller } from '@nestjs/common';
import type { EventOf, OrganizationRegistered } from '@tokengrid/contracts';
import { identityCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { addOwner } from '../decisions/memberships/add-owner.ts';
import { Parties } from '../streams/parties.ts';

@Controller()
export class WhenOrganizationRegisteredAddOwner {
  constructor(private readonly parties: Parties) {}

  /** Makes the person that registered an organization its first owner. */
  @Policy({ name: 'when-organization-registered-add-owner', from: identityCatalogue, on: ['OrganizationRegistered'] })
  add({ data: { partyId, owner } }: Recorded<EventOf<typeof OrganizationRegistered>>, reaction: Reaction) {
    return this.parties.handle(addOwner, reaction.to(partyId, { partyId, userId: owner.userId }));
  }
}
