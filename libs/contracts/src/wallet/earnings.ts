import { z } from 'zod';
import { event } from '../event.ts';
import { lot } from './lots.ts';
import { earnings, postings, walletId } from './words.ts';

export const EarningsReceived = event(
  'EarningsReceived',
  "Earnings of a statement arrived in the party's wallet.",
  z.strictObject({ ...earnings, walletId, fromLane: z.int().min(0), lot, postings }),
);

/** Events of earnings. */
export const earningsEvents = [EarningsReceived] as const;
