import { Controller } from '@nestjs/common';
import type { EventOf, InvitationWithdrawn } from '@tokengrid/contracts';
import { identityCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { giveUpPerson } from '../decisions/people/give-up-person.ts';
import { isPerson } from '../decisions/state/person.ts';
import { PersonKeys } from '../key-store/person-keys.ts';
import { People } from '../streams/people.ts';

@Controller()
export class WhenInvitationWithdrawnGiveUpPerson {
  constructor(
    private readonly people: People,
    private readonly keys: PersonKeys,
  ) {}

  /** Forgets the address of an invitation that ended, unless its person has an account. */
  @Policy({ name: 'when-invitation-withdrawn-give-up-person', from: identityCatalogue, on: ['InvitationWithdrawn'] })
  async giveUp({ data: { userId } }: Recorded<EventOf<typeof InvitationWithdrawn>>, reaction: Reaction) {
    if (isPerson(await this.people.load(userId))) return [];
    const outcome = await this.people.handle(giveUpPerson, reaction.to(userId, { userId }));
    if (!isPerson(await this.people.load(userId))) await this.keys.destroy([userId]);
    return [outcome];
  }
}
