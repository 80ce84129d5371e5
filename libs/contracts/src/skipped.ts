import { z } from 'zod';
import { event, type EventDeclaration } from './event.ts';
import { text } from './vocabulary.ts';

/**
 * Of every service, though no catalogue lists it: it is about a lane, not about the service's business. It stands in the lane of the event
 * that it names, behind that, in the stream that the kernel's `skippedStreamId` names.
 */
export const EventSkipped = event(
  'EventSkipped',
  'An event of this lane that can not be read is passed over from now on, by decision of the operator.',
  z.strictObject({
    /** Of the event that is passed over. */
    sequence: z.int().min(1),
    hash: z.string().regex(/^[0-9a-f]{64}$/),
    streamId: text(200),
    type: text(200),
    because: text(500),
  }),
);
export type EventSkippedData = z.output<(typeof EventSkipped)['schema']>;

/** Events that any service may own, beside those of its catalogue. */
export const eventsOfEveryService: readonly EventDeclaration[] = [EventSkipped as EventDeclaration];
