import { ContactRefused, ContactReleased } from '@tokengrid/contracts';
import type { Contact } from '../state/contact.ts';
import type { Decided } from '../rules/decided.ts';

export interface ReleaseContact {
  readonly kind: 'email' | 'msisdn';
  /** The party that had it. */
  readonly partyId: string;
}

/**
 * Releases an address or number that reaches no registered party any more; another party's stays
 * reserved.
 */
export function releaseContact(state: Contact, { kind, partyId }: ReleaseContact): Decided<'releaseContact'> {
  if (state.status === 'free' || state.partyId !== partyId)
    return [ContactRefused({ kind, code: 'IDENTITY.CONTACT_NOT_HELD' })];
  return [ContactReleased({ kind, partyId })];
}
