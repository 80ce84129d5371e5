import { eventId, type StoredEvent } from '@tokengrid/contracts';

/** A time in UTC in the form of ledgers: `2026-11-24 08:00:01.123`. */
export function timeText(epochMs: number): string {
  return new Date(epochMs).toISOString().replace('T', ' ').replace('Z', '');
}

/**
 * An event on one line: `2026-… wallet/3/17 wal_7 #4 TokensSent tokens 250, toWalletId wal_9 ←
 * metering/3/812`.
 */
export function eventLine(event: StoredEvent): string {
  const parts = [
    timeText(event.time),
    eventId(event),
    event.streamId,
    `#${event.revision}`,
    event.type,
    dataText(event.value),
  ];
  return `${parts.filter((part) => part !== '').join(' ')}${causeText(event)}`;
}

/** Cause of the event, unless a caller was. */
export function causeText({ causationId, commandId }: StoredEvent): string {
  return causationId === commandId ? '' : ` ← ${causationId}`;
}

/** An event's data for a reader: `tokens 250, toWalletId wal_9, lots 2`; lists as their lengths. */
export function dataText(value: Buffer): string {
  let data: unknown;
  try {
    data = JSON.parse(value.toString());
  } catch {
    return `(not JSON: ${value.length} bytes)`;
  }
  return fieldsText(data);
}

function fieldsText(data: unknown): string {
  if (typeof data !== 'object' || data === null) return String(data);
  return Object.entries(data)
    .map(([name, field]) => `${name} ${fieldText(field)}`)
    .join(', ');
}

/** Personal data in events, long and of no use to a reader. */
const encrypted = /^enc:v1:([^:]+):/;

function fieldText(field: unknown): string {
  const person = typeof field === 'string' ? encrypted.exec(field)?.[1] : undefined;
  if (person !== undefined) return `(encrypted for ${person})`;
  if (Array.isArray(field)) {
    const plain = field.length <= 3 && field.every((each) => typeof each !== 'object');
    return plain ? `[${field.join(', ')}]` : `(${field.length})`;
  }
  return typeof field === 'object' && field !== null ? `{${fieldsText(field)}}` : String(field);
}

/** An event as JSON for programs: the envelope, and its data as published. */
export function eventJson(event: StoredEvent): string {
  const { value, ...envelope } = event;
  return JSON.stringify({ id: eventId(event), ...envelope, data: JSON.parse(value.toString()) as unknown });
}
