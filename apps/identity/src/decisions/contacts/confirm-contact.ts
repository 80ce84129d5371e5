import { ContactConfirmed, ContactRefused } from '@tokengrid/contracts';
import type { Contact } from '../state/contact.ts';
import type { Decided } from '../rules/decided.ts';

export interface ConfirmContact {
  readonly kind: 'email' | 'msisdn';
  /** The party that has registered. */
  readonly partyId: string;
}

/**
 * Makes a reservation lasting once its party has registered, whether it ended meanwhile or not.
 * The refusal never happens as long as a party registers only within its reservation.
 */
export function confirmContact(state: Contact, { kind, partyId }: ConfirmContact): Decided<'confirmContact'> {
  if (state.status === 'free' || state.partyId !== partyId)
    return [ContactRefused({ kind, code: 'IDENTITY.CONTACT_NOT_HELD' })];
  return [ContactConfirmed({ kind, partyId })];
}
