import { z } from 'zod';
import { event, type EventDeclaration } from './event.ts';
import { text } from './vocabulary.ts';

/**
 * Event of every service, in no catalogue: it concerns a lane, not the service's business. It
 * stands in the lane of the skipped event, behind it, in the stream of the kernel's
 * `skippedStreamId`.
 */
export const EventSkipped = event(
  'EventSkipped',
  'An unreadable event of this lane was skipped, by decision of the operator.',
  z.strictObject({
    /** Sequence of the skipped event. */
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
