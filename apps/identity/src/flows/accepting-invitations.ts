import { hash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { IdentityEvent } from '@tokengrid/contracts';
import { type Outcome, StorageClock } from '@tokengrid/event-store';
import { type IncomingCommand, invalidArgument, ProblemError, refusalOf, serviceConfig } from '@tokengrid/service';
import type { IdentityConfig } from '../config.ts';
import { acceptInvitation, openInvitation } from '../decisions/memberships/accept-invitation.ts';
import { registerPerson } from '../decisions/people/register-person.ts';
import type { Invitation } from '../decisions/state/memberships.ts';
import { PersonKeys } from '../key-store/person-keys.ts';
import { decryptText, encryptText } from '../personal-data/encrypted-text.ts';
import { hashPassword } from '../personal-data/passwords.ts';
import { PeopleDirectory } from '../projections/people-directory.ts';
import { Parties } from '../streams/parties.ts';
import { People } from '../streams/people.ts';
import { ReservingContacts, stepIdOf, stepOf } from './reserving-contacts.ts';

/** An invitation as a person accepts it. Plain text, which does not leave this file. */
export interface AcceptedInvitation {
  readonly partyId: string;
  readonly invitationId: string;
  readonly secret: string;
  /** Name and password of a person without an account. */
  readonly name?: string | undefined;
  readonly password?: string | undefined;
}

/**
 * Makes invited people members. The secret proves the address, so that a person without an account
 * gets one. Every step finds the result of an earlier attempt, so a repeat continues from there.
 */
@Injectable()
export class AcceptingInvitations {
  constructor(
    @Inject(serviceConfig) private readonly config: Pick<IdentityConfig, 'contactReservationMs'>,
    private readonly contacts: ReservingContacts,
    private readonly directory: PeopleDirectory,
    private readonly keys: PersonKeys,
    private readonly parties: Parties,
    private readonly people: People,
    private readonly clock: StorageClock,
  ) {}

  /**
   * Makes a person a member.
   * @throws ProblemError 400 for a new person without a name or a password
   */
  async accept(incoming: IncomingCommand, accepted: AcceptedInvitation): Promise<Outcome<IdentityEvent>> {
    const { partyId, invitationId } = accepted;
    const secretHash = hash('sha256', accepted.secret);
    const opened = openInvitation(await this.parties.load(partyId), { invitationId, secretHash }, this.clock.now());
    // A repeat finds its first outcome, whatever has become of the invitation.
    const userId = opened ? await this.personOf(incoming, opened, accepted) : '';
    return this.parties.handle(acceptInvitation, incoming.to(partyId, { partyId, invitationId, secretHash, userId }));
  }

  private async personOf(
    incoming: IncomingCommand,
    invitation: Invitation,
    { name, password }: AcceptedInvitation,
  ): Promise<string> {
    const known = await this.directory.byContact(invitation.contactStreamId);
    if (known) return known.userId;
    const errors = Object.entries({ name, password }).flatMap(([field, value]) =>
      value === undefined ? [{ pointer: `/${field}`, detail: 'is required of a person without an account' }] : [],
    );
    if (name === undefined || password === undefined) throw invalidArgument(errors[0]!.detail, errors);
    return this.register(incoming, invitation, { name, password });
  }

  private async register(
    incoming: IncomingCommand,
    { userId, contactStreamId: streamId, email }: Invitation,
    { name, password }: { readonly name: string; readonly password: string },
  ): Promise<string> {
    const reservedForMs = this.config.contactReservationMs;
    const wanted = { kind: 'email', streamId, partyId: userId, reservedForMs } as const;
    const { reservation } = await this.contacts.reserve(incoming, wanted);
    const key = await this.keys.obtain(userId);
    const data = {
      ...{ userId, contactStreamId: streamId, isEmailProved: true, reservation },
      name: encryptText(key, 'name', name),
      email: encryptText(key, 'email', decryptText(key, 'email', email)),
      passwordHash: encryptText(key, 'password', await hashPassword(password)),
    };
    const step = stepOf(incoming, stepIdOf(incoming, 'person'), userId, data);
    const { events } = await this.people.handle(registerPerson, step);
    const [event] = events;
    if (event?.type === 'PersonRefused' && event.data.code !== 'IDENTITY.ALREADY_REGISTERED') {
      throw new ProblemError(refusalOf(event));
    }
    return userId;
  }
}
