import { Injectable } from '@nestjs/common';
import { commandIdOf } from '@tokengrid/contracts';
import { type Command, StorageClock } from '@tokengrid/event-store';
import type { IncomingCommand } from '@tokengrid/service';
import { confirmContact } from '../decisions/contacts/confirm-contact.ts';
import { reserveContact } from '../decisions/contacts/reserve-contact.ts';
import { giveUpRegistration } from '../decisions/registrations/give-up-registration.ts';
import { lapsed, type Reservation, takenCodes } from '../decisions/rules/registrations.ts';
import type { ContactKind } from '../personal-data/contact-address.ts';
import { Contacts } from '../streams/contacts.ts';
import { Parties } from '../streams/parties.ts';

/** Contact for a registration. */
export interface WantedContact<Kind extends ContactKind> {
  readonly kind: Kind;
  readonly streamId: string;
  readonly partyId: string;
  readonly reservedForMs: number;
}

/** Reserves contacts for registrations, and releases those of registrations that were given up. */
@Injectable()
export class ReservingContacts {
  constructor(
    private readonly contacts: Contacts,
    private readonly parties: Parties,
    private readonly clock: StorageClock,
  ) {}

  /** Reserves a contact, as the first step of a registration; a repeat finds the first result. */
  async reserve<Kind extends ContactKind>(
    incoming: IncomingCommand,
    wanted: WantedContact<Kind>,
  ): Promise<Reservation<Kind>> {
    const { kind, streamId, partyId, reservedForMs } = wanted;
    const givenUpPartyId = await this.givenUpHolder(incoming, wanted);
    const data = { kind, partyId, reservedForMs, givenUpPartyId };
    const { events } = await this.contacts.handle(reserveContact, stepOf(incoming, 'reserve', streamId, data));
    const [event] = events;
    switch (event?.type) {
      case 'ContactReserved':
        return 'reserved';
      case 'ContactRefused':
        return { refused: takenCodes[kind] };
      default:
        throw new Error(`reserving ${streamId} ended in ${event?.type}`);
    }
  }

  /**
   * Party of an expired reservation that was given up for good. A registered party is confirmed
   * instead: the policy that confirms may be late, and the contact would look free.
   */
  private async givenUpHolder(
    incoming: IncomingCommand,
    wanted: WantedContact<ContactKind>,
  ): Promise<string | undefined> {
    const { kind, streamId } = wanted;
    const held = await this.contacts.load(streamId);
    if (held.status !== 'reserved' || held.partyId === wanted.partyId || this.clock.now() < held.expiresAt)
      return undefined;
    const { partyId } = held;
    const giveUp = stepOf(incoming, `give up ${partyId}`, partyId, { partyId });
    const { events } = await this.parties.handle(giveUpRegistration, giveUp);
    const [event] = events;
    if (event?.type === 'PartyRefused' && event.data.code === lapsed.code) return partyId;
    await this.contacts.handle(confirmContact, stepOf(incoming, `confirm ${partyId}`, streamId, { kind, partyId }));
    return undefined;
  }
}

/** A command of one of the registration's steps, apart from the one that answers it. */
function stepOf<Data>(incoming: IncomingCommand, step: string, streamId: string, data: Data): Command<Data> {
  const { id, correlationId, traceparent } = incoming;
  return {
    id: commandIdOf(`registration:${id}`, step),
    streamId,
    data,
    causationId: id,
    correlationId,
    traceparent,
    answerOnceStored: true,
  };
}
