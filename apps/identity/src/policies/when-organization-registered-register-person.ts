import { Controller } from '@nestjs/common';
import type { EventOf, OrganizationRegistered } from '@tokengrid/contracts';
import { identityCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { type RegisterPerson, registerPerson } from '../decisions/people/register-person.ts';
import { People } from '../streams/people.ts';

type Registered = EventOf<typeof OrganizationRegistered>;

@Controller()
export class WhenOrganizationRegisteredRegisterPerson {
  constructor(private readonly people: People) {}

  /** Gives the first owner of an organization an account of their own. */
  @Policy({
    name: 'when-organization-registered-register-person',
    from: identityCatalogue,
    on: ['OrganizationRegistered'],
  })
  register(event: Recorded<Registered>, reaction: Reaction) {
    return this.people.handle(registerPerson, reaction.to(event.data.owner.userId, ownerOf(event)));
  }
}

/** The owner, whose address the organization has reserved. */
export function ownerOf({ data }: Registered): RegisterPerson {
  const { partyId, contactStreamId, owner } = data;
  return { ...owner, contactStreamId, organizationId: partyId, isEmailProved: false, reservation: 'reserved' };
}
