import type { contactEvents, EventsOf, IdentityEvent } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';

/** Owner of an e-mail address or phone number. */
export type Contact =
  | { readonly status: 'free' }
  /** `expiresAt`: epoch milliseconds; the registration has to be decided before. */
  | { readonly status: 'reserved'; readonly partyId: string; readonly expiresAt: number }
  | { readonly status: 'taken'; readonly partyId: string };

/** The stream of one e-mail address or phone number. */
export const contact: Aggregate<Contact, IdentityEvent> = {
  name: 'contact',
  stateVersion: 1,
  initial: { status: 'free' },
  evolve: evolveContact,
};

function evolveContact(state: Contact, event: EventsOf<typeof contactEvents>): Contact {
  switch (event.type) {
    case 'ContactReserved':
      return { status: 'reserved', partyId: event.data.partyId, expiresAt: Date.parse(event.data.expiresAt) };
    case 'ContactConfirmed':
      return { status: 'taken', partyId: event.data.partyId };
    case 'ContactReleased':
      return { status: 'free' };
    case 'ContactRefused':
      return state;
  }
}
