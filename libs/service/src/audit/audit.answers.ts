import { z } from 'zod';
import { pageOf } from '../http/pages.ts';

const id = z.string().nullable();

const ActorAnswer = z
  .strictObject({
    party: id.meta({
      description: 'Party that did it, `operator` or `system`; null for another party than the caller',
    }),
    person: id.meta({ description: 'Its person, or the first of its keys; of `system` the part that acted' }),
    key: id.meta({ description: 'The key that was sent, if it is not the person itself' }),
    onBehalfOf: id.meta({ description: 'Party on whose behalf it was done, if that is another one' }),
  })
  .meta({
    id: 'AuditActor',
    description: 'Actor of an event. Of others than the caller, a party sees `operator` and `system` alone',
  });

const AuditedAnswer = z
  .strictObject({
    eventId: z.string().meta({ description: 'Id of the event in the log' }),
    time: z.string(),
    type: z.string().meta({ description: 'Name of the event' }),
    object: z.string().meta({ description: 'Stream that it was done to' }),
    actor: ActorAnswer,
    causationId: z.string().meta({ description: 'Event that led to it, else its command' }),
    correlationId: id.meta({
      description: 'The `x-correlator` of the request it goes back to; null if another party than the caller did it',
    }),
  })
  .meta({
    example: {
      ...{ eventId: 'wallet/3/812', time: '2026-01-31T08:15:30.250Z', type: 'TokensSent' },
      object: 'wal_01jzx3k9v8e7f9q2m4n6p8r0t2',
      actor: {
        ...{ party: 'sub_01jzx3k9v8e7f9q2m4n6p8r0t2', person: 'key_01jzx3k9v8e7f9q2m4n6p8r0t3' },
        ...{ key: null, onBehalfOf: null },
      },
      ...{ causationId: '9f86d081-884c-7d65-9a2f-eaa0c55ad015', correlationId: 'order-4711' },
    },
  });

/** A page of events with their actors. */
export const AuditAnswer = pageOf(AuditedAnswer).meta({ id: 'Audit', description: 'Events and their actors' });
