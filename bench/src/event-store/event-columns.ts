import type { StoredEvent } from '@tokengrid/contracts';

type Origin = 'causationId' | 'correlationId' | 'actor';
type Leading = 'lane' | 'sequence' | 'streamId' | 'revision' | 'type' | 'version' | 'time' | 'commandId';

/** Columns of the table `events` up to the command's id, in their order. */
export const columnsToCommand = (event: Pick<StoredEvent, Leading>) => [
  ...[event.lane, event.sequence, event.streamId, event.revision],
  ...[event.type, event.version, event.time, event.commandId],
];

/** The three columns after the input's hash. */
export const columnsOfOrigin = (event: Pick<StoredEvent, Origin>) => [
  event.causationId,
  event.correlationId,
  event.actor,
];
