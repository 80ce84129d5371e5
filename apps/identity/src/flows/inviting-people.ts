import { Inject, Injectable } from '@nestjs/common';
import type { IdentityEvent, Role } from '@tokengrid/contracts';
import { EventStore, type Outcome } from '@tokengrid/event-store';
import { laneOf } from '@tokengrid/kernel';
import { type IncomingCommand, newId, newIdIn, unavailable } from '@tokengrid/service';
import { invitePerson } from '../decisions/memberships/invite-person.ts';
import { IssuedSecrets } from '../key-store/issued-secrets.ts';
import { MasterKey } from '../key-store/master-key.ts';
import { PersonKeys } from '../key-store/person-keys.ts';
import { MailGateway } from '../mail/mail-gateway.ts';
import { invitationMail } from '../mail/mails.ts';
import { contactStreamIdOf } from '../personal-data/contact-address.ts';
import { encryptText } from '../personal-data/encrypted-text.ts';
import { PeopleDirectory } from '../projections/people-directory.ts';
import { Parties } from '../streams/parties.ts';

/** A person to invite. Plain text, which leaves this file in a mail alone. */
export interface WantedPerson {
  readonly partyId: string;
  readonly email: string;
  readonly role: Role;
  /** API key or person that invites. */
  readonly invitedBy: string;
}

const dayMs = 86_400_000;
/** Life of an invitation. */
const invitationLifeMs = 7 * dayMs;

/**
 * Invites people by a secret in a mail. The secret is sealed first: a repeat, or a retry after a
 * crash, sends the same one again. The answer is the same whether the address has an account.
 */
@Injectable()
export class InvitingPeople {
  constructor(
    @Inject(EventStore) private readonly store: Pick<EventStore, 'lanes'>,
    private readonly secrets: IssuedSecrets,
    private readonly keys: PersonKeys,
    private readonly master: MasterKey,
    private readonly directory: PeopleDirectory,
    private readonly parties: Parties,
    private readonly mails: MailGateway,
  ) {}

  /** Invites a person. @throws ProblemError 503 where no mail can be sent */
  async invite(
    incoming: IncomingCommand,
    { partyId, email, role, invitedBy }: WantedPerson,
  ): Promise<Outcome<IdentityEvent>> {
    if (!this.mails.isSetUp) throw unavailable('no mail gateway is set up');
    const contactStreamId = contactStreamIdOf(this.master.ofContacts, 'email', email);
    const known = await this.directory.byContact(contactStreamId);
    const { lanes } = this.store;
    const wanted = { partyId, personId: known?.userId ?? newId('usr'), scopes: [] };
    const keyId = newIdIn('inv', laneOf(partyId, lanes), lanes);
    const settled = await this.secrets.settle(incoming, { ...wanted, keyId });
    const userId = settled.personId!;
    const invitation = {
      ...{ partyId, invitationId: settled.keyId, userId, role, contactStreamId, invitedBy },
      ...{ email: encryptText(await this.keys.obtain(userId), 'email', email), secretHash: settled.secretHash },
    };
    const data = { ...invitation, lifeMs: invitationLifeMs };
    const outcome = await this.parties.handle(invitePerson, incoming.to(partyId, data));
    const shown = outcome.events.some(({ type }) => type === 'PersonInvited')
      ? await this.secrets.shown(incoming.id)
      : undefined;
    if (shown) await this.mails.send(invitationMail({ to: email, partyId, ...shown }));
    return outcome;
  }
}
