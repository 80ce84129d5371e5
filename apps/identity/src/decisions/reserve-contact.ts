import type { IdentityEvent } from '@tokengrid/contracts';
import { ContactRefused, ContactReserved, instantOf } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Contact } from './contact.ts';

export interface ReserveContact {
  readonly kind: 'email' | 'msisdn';
  /** The party that is about to register. */
  readonly partyId: string;
  readonly reservedForMs: number;
  /**
   * The holder of a reservation, if it lapsed and its party is known not to have registered. A party registers only within its
   * reservation, so what was seen {@link lapseMarginMs} after the end stays true.
   */
  readonly lapsedPartyId: string | undefined;
}

/** How long after its end a reservation may be taken over: more than clocks of two hosts are apart. */
export const lapseMarginMs = 60_000;

/** Whether a reservation is over, and so surely that no registration within it can still be decided. */
export function isLapsed(state: Contact, time: number): boolean {
  return state.status === 'reserved' && time >= state.expiresAt + lapseMarginMs;
}

/** Sets an e-mail address or phone number aside for a party, so that no two parties register with it. */
export function reserveContact(
  state: Contact,
  { kind, partyId, reservedForMs, lapsedPartyId }: ReserveContact,
  { time }: DecisionContext,
): readonly IdentityEvent[] {
  if (!mayHave(state, partyId, lapsedPartyId, time)) return [ContactRefused({ kind, code: takenCode(kind) })];
  return [ContactReserved({ kind, partyId, expiresAt: instantOf(time + reservedForMs) })];
}

function mayHave(state: Contact, partyId: string, lapsedPartyId: string | undefined, time: number): boolean {
  switch (state.status) {
    case 'free':
      return true;
    case 'reserved':
      return state.partyId === partyId || (isLapsed(state, time) && state.partyId === lapsedPartyId);
    case 'taken':
      return false;
  }
}

function takenCode(kind: ReserveContact['kind']): string {
  return kind === 'email' ? 'EMAIL_TAKEN' : 'MSISDN_TAKEN';
}
