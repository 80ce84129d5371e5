import { Controller } from '@nestjs/common';
import type { EventOf, PersonalDataErased } from '@tokengrid/contracts';
import { identityCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { erasePerson } from '../decisions/people/erase-person.ts';
import { People } from '../streams/people.ts';

@Controller()
export class WhenPersonalDataErasedErasePerson {
  constructor(private readonly people: People) {}

  /** Erases the person whose key an erased organization's data was under. */
  @Policy({ name: 'when-personal-data-erased-erase-person', from: identityCatalogue, on: ['PersonalDataErased'] })
  erase({ data }: Recorded<EventOf<typeof PersonalDataErased>>, reaction: Reaction) {
    const { personIds, contactStreamId } = data;
    const users = personIds.filter((personId) => personId.startsWith('usr_'));
    return Promise.all(
      users.map((userId) => {
        const command = { userId, contactStreamId, isOrganizationErased: true };
        return this.people.handle(erasePerson, reaction.to(userId, command, userId));
      }),
    );
  }
}
