import type { StoredEvent } from '@tokengrid/contracts';
import { byteaArray, hexArray, int4Array, int8Array, textArray, uuidArray } from './binary-arrays.ts';

/** Columns of `events`, in the order of {@link eventArrays}. */
export const eventColumns =
  'lane, sequence, stream_id, revision, type, version, time, command_id, input_hash, causation_id, correlation_id, actor, traceparent, hash, value';

/**
 * Parameters `$from` … for `unnest(…)` over {@link eventColumns} but the lane, one for all rows.
 */
export function eventUnnest(from: number): string {
  const types = 'int8 text int4 text int4 int8 uuid bytea text text text text bytea bytea'.split(' ');
  return types.map((type, index) => `$${from + index}::${type}[]`).join(', ');
}

/** Events of one lane as one array per column except the lane. */
export function eventArrays(events: readonly StoredEvent[]): Buffer[] {
  return [
    int8Array(events.map((event) => event.sequence)),
    textArray(events.map((event) => event.streamId)),
    int4Array(events.map((event) => event.revision)),
    textArray(events.map((event) => event.type)),
    int4Array(events.map((event) => event.version)),
    int8Array(events.map((event) => event.time)),
    uuidArray(events.map((event) => event.commandId)),
    hexArray(events.map((event) => event.inputHash)),
    textArray(events.map((event) => event.causationId)),
    textArray(events.map((event) => event.correlationId)),
    textArray(events.map((event) => event.actor)),
    textArray(events.map((event) => event.traceparent)),
    hexArray(events.map((event) => event.hash)),
    byteaArray(events.map((event) => event.value)),
  ];
}

/** A row of `events` as `pg` gives it. */
export interface EventRow {
  lane: number;
  sequence: string;
  stream_id: string;
  revision: number;
  type: string;
  version: number;
  time: string;
  command_id: string;
  input_hash: Buffer | null;
  causation_id: string;
  correlation_id: string;
  actor: string;
  traceparent: string | null;
  hash: Buffer;
  value: Buffer;
}

export function eventOfRow(service: string, row: EventRow): StoredEvent {
  return {
    service,
    lane: row.lane,
    sequence: Number(row.sequence),
    streamId: row.stream_id,
    revision: row.revision,
    type: row.type,
    version: row.version,
    time: Number(row.time),
    commandId: row.command_id,
    inputHash: row.input_hash?.toString('hex'),
    causationId: row.causation_id,
    correlationId: row.correlation_id,
    actor: row.actor,
    traceparent: row.traceparent ?? undefined,
    hash: row.hash.toString('hex'),
    value: row.value,
  };
}
