import { ContactConfirmed, ContactRefused } from '@tokengrid/contracts';
import type { Contact } from '../state/contact.ts';
import type { Decided } from '../rules/decided.ts';

export interface ConfirmContact {
  readonly kind: 'email' | 'msisdn';
  /** The registered party. */
  readonly partyId: string;
}

/**
 * Makes a reservation permanent once its party has registered, even if it had expired. It is never
 * refused while parties register only within their reservation.
 */
export function confirmContact(state: Contact, { kind, partyId }: ConfirmContact): Decided<'confirmContact'> {
  if (state.status === 'free' || state.partyId !== partyId)
    return [ContactRefused({ kind, code: 'IDENTITY.CONTACT_NOT_HELD' })];
  return [ContactConfirmed({ kind, partyId })];
}
