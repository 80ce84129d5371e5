import { Controller } from '@nestjs/common';
import type { EventOf, PersonRegistered } from '@tokengrid/contracts';
import { identityCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { confirmContact } from '../decisions/contacts/confirm-contact.ts';
import { Contacts } from '../streams/contacts.ts';

@Controller()
export class WhenPersonRegisteredConfirmContact {
  constructor(private readonly contacts: Contacts) {}

  /** Makes the reservation of a person's address permanent, unless it is an organization's. */
  @Policy({ name: 'when-person-registered-confirm-contact', from: identityCatalogue, on: ['PersonRegistered'] })
  async confirm({ data }: Recorded<EventOf<typeof PersonRegistered>>, reaction: Reaction) {
    const { userId, contactStreamId, organizationId } = data;
    if (organizationId !== undefined) return [];
    const command = { kind: 'email', partyId: userId } as const;
    return [await this.contacts.handle(confirmContact, reaction.to(contactStreamId, command))];
  }
}
