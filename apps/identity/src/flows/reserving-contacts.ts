import { Injectable } from '@nestjs/common';
import { commandIdOf, type IdentityEvent } from '@tokengrid/contracts';
import type { Command, Outcome } from '@tokengrid/event-store';
import type { IncomingCommand } from '@tokengrid/service';
import { confirmContact } from '../decisions/contacts/confirm-contact.ts';
import { ReservationExpired, reserveContact } from '../decisions/contacts/reserve-contact.ts';
import { giveUpPerson } from '../decisions/people/give-up-person.ts';
import { giveUpRegistration } from '../decisions/registrations/give-up-registration.ts';
import { lapsed, type Reservation, takenCodes } from '../decisions/rules/registrations.ts';
import type { ContactKind } from '../personal-data/contact-address.ts';
import { Contacts } from '../streams/contacts.ts';
import { Parties } from '../streams/parties.ts';
import { People } from '../streams/people.ts';

/** Contact for a registration. */
export interface WantedContact<Kind extends ContactKind> {
  readonly kind: Kind;
  readonly streamId: string;
  /** The party or person under registration. */
  readonly partyId: string;
  readonly reservedForMs: number;
}

/** Result of reserving a contact. */
export interface ReservedContact<Kind extends ContactKind> {
  readonly reservation: Reservation<Kind>;
  /** Party that it is reserved for: of a repeat, that of the first attempt. */
  readonly partyId: string;
  readonly isRepeat: boolean;
}

/** Reserves contacts for registrations, and releases those of registrations that were given up. */
@Injectable()
export class ReservingContacts {
  constructor(
    private readonly contacts: Contacts,
    private readonly parties: Parties,
    private readonly people: People,
  ) {}

  /** Reserves a contact, as the first step of a registration; a repeat finds the first result. */
  async reserve<Kind extends ContactKind>(
    incoming: IncomingCommand,
    wanted: WantedContact<Kind>,
  ): Promise<ReservedContact<Kind>> {
    const { events, repeated: isRepeat } = await this.reserveAnew(incoming, wanted);
    const [event] = events;
    switch (event?.type) {
      case 'ContactReserved':
        return { isRepeat, partyId: event.data.partyId, reservation: 'reserved' };
      case 'ContactRefused':
        return { isRepeat, partyId: wanted.partyId, reservation: { refused: takenCodes[wanted.kind] } };
      default:
        throw new Error(`reserving ${wanted.streamId} ended in ${event?.type}`);
    }
  }

  private async reserveAnew(
    incoming: IncomingCommand,
    wanted: WantedContact<ContactKind>,
  ): Promise<Outcome<IdentityEvent>> {
    const step = (givenUpPartyId: string | null | undefined) => {
      const { kind, streamId, partyId, reservedForMs } = wanted;
      const data = { kind, partyId, reservedForMs, givenUpPartyId };
      return this.contacts.handle(reserveContact, stepOf(incoming, reservingId(incoming), streamId, data));
    };
    try {
      return await step(undefined);
    } catch (error) {
      if (!(error instanceof ReservationExpired)) throw error;
      return step(await this.givenUp(incoming, wanted, error.partyId));
    }
  }

  /**
   * Gives up the party of an expired reservation, for good, and returns it. A registered party is
   * confirmed instead, and null is returned: a subscriber's contact is confirmed only then, that of
   * an organization by a policy, which may be late.
   */
  private async givenUp(
    incoming: IncomingCommand,
    { kind, streamId }: WantedContact<ContactKind>,
    partyId: string,
  ): Promise<string | null> {
    if (await this.giveUp(incoming, partyId)) return partyId;
    const confirm = stepOf(incoming, stepIdOf(incoming, `confirm ${partyId}`), streamId, { kind, partyId });
    await this.contacts.handle(confirmContact, confirm);
    return null;
  }

  /** Gives up a registration. @returns false for one that was completed */
  private async giveUp(incoming: IncomingCommand, holderId: string): Promise<boolean> {
    const id = stepIdOf(incoming, `give up ${holderId}`);
    const { events } = holderId.startsWith('usr_')
      ? await this.people.handle(giveUpPerson, stepOf(incoming, id, holderId, { userId: holderId }))
      : await this.parties.handle(giveUpRegistration, stepOf(incoming, id, holderId, { partyId: holderId }));
    const [event] = events;
    return (event?.type === 'PartyRefused' || event?.type === 'PersonRefused') && event.data.code === lapsed.code;
  }
}

/** Id of the command that reserves the contact of a registration. */
export const reservingId = (incoming: Pick<IncomingCommand, 'id'>): string => stepIdOf(incoming, 'reserve');

/** Id of a step of a registration. */
export const stepIdOf = ({ id }: Pick<IncomingCommand, 'id'>, step: string): string =>
  commandIdOf(`registration:${id}`, step);

/** A command of one of the registration's steps, apart from the one that answers it. */
export function stepOf<Data>(incoming: IncomingCommand, id: string, streamId: string, data: Data): Command<Data> {
  return { ...incoming.to(streamId, data), id, causationId: incoming.id, answerOnceStored: true };
}
