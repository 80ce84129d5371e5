import { Controller } from '@nestjs/common';
import type { EventOf, OrganizationRegistered } from '@tokengrid/contracts';
import { identityCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { Contacts } from '../streams/contacts.ts';
import { confirmContact, type ConfirmContact } from '../decisions/contacts/confirm-contact.ts';

type Registered = EventOf<typeof OrganizationRegistered>;

@Controller()
export class WhenOrganizationRegisteredConfirmContact {
  constructor(private readonly contacts: Contacts) {}

  /** Makes an address's reservation permanent once its organization has registered. */
  @Policy({
    name: 'when-organization-registered-confirm-contact',
    from: identityCatalogue,
    on: ['OrganizationRegistered'],
  })
  confirm(event: Recorded<Registered>, reaction: Reaction) {
    return this.contacts.handle(confirmContact, reaction.to(event.data.contactStreamId, confirmationFor(event)));
  }
}

export function confirmationFor({ data: { partyId } }: Registered): ConfirmContact {
  return { kind: 'email', partyId };
}
