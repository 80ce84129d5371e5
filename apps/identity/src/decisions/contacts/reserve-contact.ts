import { ContactRefused, ContactReserved, instantOf } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Contact } from '../state/contact.ts';
import { takenCodes } from '../rules/registrations.ts';
import type { Decided } from '../rules/decided.ts';

export interface ReserveContact {
  readonly kind: 'email' | 'msisdn';
  /** The party under registration. */
  readonly partyId: string;
  readonly reservedForMs: number;
  /**
   * A party whose registration was given up and that can't register any more, so that its
   * reservation is free; null if the holder is registered, absent if nobody has looked.
   */
  readonly givenUpPartyId?: string | null | undefined;
}

/** The reservation has expired: its holder may be given up, or turns out to be registered. */
export class ReservationExpired extends Error {
  override readonly name = 'ReservationExpired';

  constructor(
    /** The party that reserved it. */
    readonly partyId: string,
  ) {
    super(`the reservation of ${partyId} has expired`);
  }
}

/**
 * Reserves an e-mail address or phone number, so that no two parties register with it.
 * @throws ReservationExpired if it is not known yet whether another party's expired reservation was
 * given up
 */
export function reserveContact(
  state: Contact,
  { kind, partyId, reservedForMs, givenUpPartyId }: ReserveContact,
  { time }: DecisionContext,
): Decided<'reserveContact'> {
  if (givenUpPartyId === undefined && isExpired(state, partyId, time)) throw new ReservationExpired(state.partyId);
  if (!mayHave(state, partyId, givenUpPartyId)) return [ContactRefused({ kind, code: takenCodes[kind] })];
  return [ContactReserved({ kind, partyId, expiresAt: instantOf(time + reservedForMs) })];
}

/** True for an expired reservation of another party. */
function isExpired(state: Contact, partyId: string, time: number): state is Contact & { readonly status: 'reserved' } {
  return state.status === 'reserved' && state.partyId !== partyId && state.expiresAt <= time;
}

function mayHave(state: Contact, partyId: string, givenUpPartyId: string | null | undefined): boolean {
  switch (state.status) {
    case 'free':
      return true;
    case 'reserved':
      return state.partyId === partyId || state.partyId === givenUpPartyId;
    case 'taken':
      return false;
  }
}
