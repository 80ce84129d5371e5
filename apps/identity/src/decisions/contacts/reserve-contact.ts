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
   * reservation is free.
   */
  readonly givenUpPartyId: string | undefined;
}

/** Reserves an e-mail address or phone number, so that no two parties register with it. */
export function reserveContact(
  state: Contact,
  { kind, partyId, reservedForMs, givenUpPartyId }: ReserveContact,
  { time }: DecisionContext,
): Decided<'reserveContact'> {
  if (!mayHave(state, partyId, givenUpPartyId)) return [ContactRefused({ kind, code: takenCodes[kind] })];
  return [ContactReserved({ kind, partyId, expiresAt: instantOf(time + reservedForMs) })];
}

function mayHave(state: Contact, partyId: string, givenUpPartyId: string | undefined): boolean {
  switch (state.status) {
    case 'free':
      return true;
    case 'reserved':
      return state.partyId === partyId || state.partyId === givenUpPartyId;
    case 'taken':
      return false;
  }
}
