import { Controller } from '@nestjs/common';
import type { EventOf, PersonalDataErased } from '@tokengrid/contracts';
import { identityCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { Contacts } from '../streams/contacts.ts';
import { releaseContact, type ReleaseContact } from '../decisions/contacts/release-contact.ts';
import { contactKindOf } from '../personal-data/contact-address.ts';

type Erased = EventOf<typeof PersonalDataErased>;

@Controller()
export class WhenPersonalDataErasedReleaseContact {
  constructor(private readonly contacts: Contacts) {}

  /** Releases the address or number of an erased party. */
  @Policy({ name: 'when-personal-data-erased-release-contact', from: identityCatalogue, on: ['PersonalDataErased'] })
  release(event: Recorded<Erased>, reaction: Reaction) {
    return this.contacts.handle(releaseContact, reaction.to(event.data.contactStreamId, releaseFor(event)));
  }
}

export function releaseFor({ data: { partyId } }: Erased): ReleaseContact {
  return { kind: contactKindOf(partyId), partyId };
}
