import { Controller } from '@nestjs/common';
import type { EventOf, OrganizationRegistered, SubscriberRegistered } from '@tokengrid/contracts';
import { identityCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { Contacts } from '../streams/contacts.ts';
import { confirmContact, type ConfirmContact } from '../decisions/contacts/confirm-contact.ts';
import { contactKindOf } from '../personal-data/contact-address.ts';

type Registered = EventOf<typeof OrganizationRegistered | typeof SubscriberRegistered>;

@Controller()
export class WhenOrganizationRegisteredOrSubscriberRegisteredConfirmContact {
  constructor(private readonly contacts: Contacts) {}

  /** Makes a contact's reservation permanent once its party has registered. */
  @Policy({
    name: 'when-organization-registered-or-subscriber-registered-confirm-contact',
    from: identityCatalogue,
    on: ['OrganizationRegistered', 'SubscriberRegistered'],
  })
  confirm(event: Recorded<Registered>, reaction: Reaction) {
    return this.contacts.handle(confirmContact, reaction.to(event.data.contactStreamId, confirmationFor(event)));
  }
}

export function confirmationFor({ data: { partyId } }: Registered): ConfirmContact {
  return { kind: contactKindOf(partyId), partyId };
}
