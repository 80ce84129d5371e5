import type { EventsOf, MeteringEvent, ParkedUse, payerEvents } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';
import { noPeriods, type WithPeriods, withUses } from './periods.ts';
import {
  withOffer,
  withoutSlice,
  withRecall,
  withRefusal,
  withReport,
  withReports,
  withTaken,
  type WithSlices,
} from './slices.ts';

/** A reported use: its subject, time and units. */
export type Use = Omit<ParkedUse, 'waitsFor'>;

/**
 * All that a payer uses, in one order. Repeats are told by marks, which are looked up; remembered
 * are open slices of the gateway, and the periods of subscriptions whose plans count over them.
 */
export type Payer = WithSlices & WithPeriods;

function evolve(payer: Payer, event: EventsOf<typeof payerEvents>): Payer {
  switch (event.type) {
    case 'UsageRated':
      return withTaken(withUses(withReports(payer, event.data.uses), event.data.uses), event.data.uses);
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
      return withUses(payer, event.data.corrections);
    case 'ParkedUseCorrected':
    case 'CorrectionRepeated':
    case 'CorrectionRefused':
      return payer;
  }
}

/** Streams named `usage-<partyId>`. */
export const payer: Aggregate<Payer, MeteringEvent> = {
  name: 'payer',
  stateVersion: 4,
  initial: { slices: [], ...noPeriods },
  evolve,
};

/** Stream of all that a party uses. */
export const payerStreamOf = (partyId: string): string => `usage-${partyId}`;
