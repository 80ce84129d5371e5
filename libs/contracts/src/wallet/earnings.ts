import { z } from 'zod';
import { event } from '../event.ts';
import { lot } from './lots.ts';
import { earnings, postings, walletId } from './words.ts';

export const EarningsReceived = event(
  'EarningsReceived',
  'What a statement owes a party has arrived in its wallet.',
  z.strictObject({ ...earnings, walletId, fromLane: z.int().min(0), lot, postings }),
);

/** What statements bring. */
export const earningsEvents = [EarningsReceived] as const;
