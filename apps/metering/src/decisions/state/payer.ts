import type { EventsOf, MeteringEvent, ParkedUse, usageEvents } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';

/** A reported use: its subject, time and units. */
export type Use = Omit<ParkedUse, 'waitsFor'>;

/**
 * All that a payer uses, in one order. Repeats are told by marks, which are looked up, so there is
 * nothing to remember from one command to the next.
 */
export type Payer = { readonly uses: 'marked' };

function evolve(payer: Payer, event: EventsOf<typeof usageEvents>): Payer {
  switch (event.type) {
    case 'UsageRated':
    case 'UsageParked':
      return payer;
  }
}

/** Streams named `usage-<partyId>`. */
export const payer: Aggregate<Payer, MeteringEvent> = {
  name: 'payer',
  stateVersion: 1,
  initial: { uses: 'marked' },
  evolve,
};

/** Stream of all that a party uses. */
export const payerStreamOf = (partyId: string): string => `usage-${partyId}`;
