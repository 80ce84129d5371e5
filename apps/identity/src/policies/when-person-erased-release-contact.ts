import { Controller } from '@nestjs/common';
import type { EventOf, PersonErased } from '@tokengrid/contracts';
import { identityCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { releaseContact } from '../decisions/contacts/release-contact.ts';
import { Contacts } from '../streams/contacts.ts';

@Controller()
export class WhenPersonErasedReleaseContact {
  constructor(private readonly contacts: Contacts) {}

  /** Releases the address of an erased person; that of an organization is released for itself. */
  @Policy({ name: 'when-person-erased-release-contact', from: identityCatalogue, on: ['PersonErased'] })
  async release({ data }: Recorded<EventOf<typeof PersonErased>>, reaction: Reaction) {
    const { userId, contactStreamId } = data;
    const held = await this.contacts.load(contactStreamId);
    if (held.status === 'free' || held.partyId !== userId) return [];
    const command = { kind: 'email', partyId: userId } as const;
    return [await this.contacts.handle(releaseContact, reaction.to(contactStreamId, command))];
  }
}
