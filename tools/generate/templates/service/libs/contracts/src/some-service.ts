import { z } from 'zod';
import { catalogue, event, type EventOf } from './event.ts';
import { typeId } from './ids.ts';

/** In the stream of the some stream. */
export const SomeStreamCreated = event(
  'SomeStreamCreated',
  'A some stream was created.',
  z.strictObject({ someStreamId: typeId('some-prefix') }),
);

/** Events of some streams. */
export const someStreamEvents = [SomeStreamCreated] as const;

export const someServiceEvents = [...someStreamEvents] as const;
export type SomeServiceEvent = EventOf<(typeof someServiceEvents)[number]>;
export const someServiceCatalogue = catalogue('some-service', someServiceEvents, {
  outsideUse: 'some streams',
  grant: 'nobody outside, until somebody has looked at every field',
});
