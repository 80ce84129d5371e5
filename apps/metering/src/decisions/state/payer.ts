import type { EventsOf, MeteringEvent, ParkedUse, payerEvents } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';
import {
  withOffer,
  withoutSlice,
  withRecall,
  withRefusal,
  withReport,
  withReports,
  type WithSlices,
} from './slices.ts';

/** A reported use: its subject, time and units. */
export type Use = Omit<ParkedUse, 'waitsFor'>;

/**
 * All that a payer uses, in one order. Repeats are told by marks, which are looked up; open slices
 * of the gateway are remembered.
 */
export type Payer = WithSlices;

function evolve(payer: Payer, event: EventsOf<typeof payerEvents>): Payer {
  switch (event.type) {
    case 'UsageRated':
    case 'UsageParked':
      return withReports(payer, event.data.uses);
    case 'SliceOffered':
      return withOffer(payer, event.data);
    case 'SliceRefused':
      return withRefusal(payer, event.data);
    case 'SliceReported':
      return withReport(payer, event.data, false);
    case 'SliceRecalled':
      return withRecall(payer, event.data);
    case 'SliceClosed':
      return withoutSlice(payer, event.data);
    case 'UsageCorrected':
    case 'ParkedUseCorrected':
    case 'CorrectionRepeated':
    case 'CorrectionRefused':
      return payer;
  }
}

/** Streams named `usage-<partyId>`. */
export const payer: Aggregate<Payer, MeteringEvent> = {
  name: 'payer',
  stateVersion: 2,
  initial: { slices: [] },
  evolve,
};

/** Stream of all that a party uses. */
export const payerStreamOf = (partyId: string): string => `usage-${partyId}`;
