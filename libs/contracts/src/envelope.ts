import { hash } from 'node:crypto';

/** An event as stored and published: the envelope, and the exact bytes of its data. */
export interface StoredEvent {
  readonly service: string;
  readonly lane: number;
  readonly sequence: number;
  readonly streamId: string;
  readonly revision: number;
  readonly type: string;
  readonly version: number;
  /** Epoch milliseconds. */
  readonly time: number;
  /** A UUID. */
  readonly commandId: string;
  /** Keyed HMAC-SHA-256, hex, of the caller's input; absent if there is no caller. */
  readonly inputHash: string | undefined;
  readonly causationId: string;
  readonly correlationId: string;
  /** Who did it: text by `actorText`, the same from a request to every consequence. */
  readonly actor: string;
  /** W3C trace context. */
  readonly traceparent: string | undefined;
  /** Hex SHA-256; see {@link hashOf}. */
  readonly hash: string;
  readonly value: Buffer;
}

/** Previous hash of a lane's first event. */
export const firstPreviousHash = '0'.repeat(64);

/** Id of an event, in `ce_id` and wherever an event is named: `<service>/<lane>/<sequence>`. */
export function eventId(event: Pick<StoredEvent, 'service' | 'lane' | 'sequence'>): string {
  return `${event.service}/${event.lane}/${event.sequence}`;
}

/** Names of the headers that the hash covers, in the order of hashing. */
export const hashedHeaders = [
  'ce_specversion',
  'ce_id',
  'ce_source',
  'ce_type',
  'ce_time',
  'ce_subject',
  'ce_dataschema',
  'ce_sequence',
  'ce_revision',
  'ce_causationid',
  'ce_commandid',
  'ce_inputhash',
  'ce_correlationid',
  'ce_actor',
  'traceparent',
] as const;

/** Hash input before each value: the previous line's end, if any, and the name. */
const hashedLabels = hashedHeaders.map((name, index) => `${index === 0 ? '' : '\n'}${name}:`);

type Unhashed = Omit<StoredEvent, 'hash'>;

/** Values of {@link hashedHeaders}, in their order; `undefined` for an absent header. */
function hashedValues(event: Unhashed): (string | undefined)[] {
  const { service, type, version } = event;
  return [
    '1.0',
    eventId(event),
    `/tokengrid/${service}`,
    `tokengrid.${service}.${type}.v${version}`,
    instant(event.time),
    event.streamId,
    `urn:tokengrid:schema:${service}:${type}:v${version}`,
    String(event.sequence),
    String(event.revision),
    event.causationId,
    event.commandId,
    event.inputHash,
    event.correlationId,
    event.actor,
    event.traceparent,
  ];
}

let lastTime = Number.NaN;
let lastInstant = '';

/** ISO text of a time, cached: a batch of events has few distinct times. */
function instant(time: number): string {
  if (time !== lastTime) {
    lastInstant = new Date(time).toISOString();
    lastTime = time;
  }
  return lastInstant;
}

/** Reused hash input of one event: allocating a buffer per event costs more than its hash. */
let toHash = Buffer.allocUnsafeSlow(1 << 16);
/** Maximum UTF-8 bytes of one UTF-16 unit. */
const maxBytesPerUnit = 3;

/**
 * The event's hash: SHA-256 over the previous hash (64 hex digits), then `name:value\n` for each of
 * {@link hashedHeaders} that the event has, in that order, then an empty line (`\n`), then the
 * value's bytes. Hex. All text is UTF-8. Anyone with the log can recompute it; `tokengrid verify`
 * does.
 */
export function hashOf(event: Unhashed, previousHash: string): string {
  const values = hashedValues(event);
  let text = previousHash;
  for (let index = 0; index < hashedHeaders.length; index++) {
    const value = values[index];
    if (value !== undefined) text += hashedLabels[index]! + value;
  }
  text += '\n\n';
  const room = maxBytesPerUnit * text.length + event.value.length;
  if (room > toHash.length) toHash = Buffer.allocUnsafeSlow(2 * room);
  const length = toHash.write(text);
  event.value.copy(toHash, length);
  // One call on one buffer is several times faster than a Hash object for inputs of this size.
  return hash('sha256', toHash.subarray(0, length + event.value.length), 'hex');
}

/**
 * Names of an event's Kafka headers (CloudEvents 1.0, binary mode), in the order of {@link
 * headerValues}.
 */
export const headerNames = [...hashedHeaders, 'ce_hash', 'ce_previoushash', 'content-type'] as const;

/** Values of {@link headerNames}, in their order; `undefined` for an absent header. */
export function headerValues(event: StoredEvent, previousHash: string): readonly (string | undefined)[] {
  const values = hashedValues(event);
  values.push(event.hash, previousHash, 'application/json');
  return values;
}

/** Kafka headers of an event, in a fixed order. */
export function headersOf(event: StoredEvent, previousHash: string): [name: string, value: string][] {
  return headerValues(event, previousHash).flatMap((value, index): [string, string][] =>
    value === undefined ? [] : [[headerNames[index]!, value]],
  );
}

/** A message that is not an event of ours, with the reason. */
export class MalformedMessage extends Error {
  override readonly name = 'MalformedMessage';
}

/** A message of a topic, as Kafka clients return it. */
export interface LogMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly value: Buffer | null;
}

const typePattern = /^tokengrid\.([a-z-]+)\.([A-Za-z]+)\.v(\d+)$/;
const idPattern = /^([a-z-]+)\/(\d+)\/(\d+)$/;

function header(message: LogMessage, name: string): string {
  const value = message.headers[name];
  if (value === undefined) throw new MalformedMessage(`the header ${name} is missing`);
  return value;
}

/**
 * Parses a message into its event and the previous hash that it states. The event's own hash is not
 * recomputed; {@link hashOf} does that.
 * @throws MalformedMessage for a missing or malformed header.
 */
export function eventOfMessage(message: LogMessage): { readonly event: StoredEvent; readonly previousHash: string } {
  const [, service, lane, sequence] = idPattern.exec(header(message, 'ce_id')) ?? [];
  const [, typeService, type, version] = typePattern.exec(header(message, 'ce_type')) ?? [];
  if (service === undefined || service !== typeService) throw new MalformedMessage('ce_id and ce_type do not agree');
  const time = Date.parse(header(message, 'ce_time'));
  if (Number.isNaN(time)) throw new MalformedMessage('ce_time is not a time');
  if (message.value === null) throw new MalformedMessage('the message has no value');
  const event: StoredEvent = {
    service,
    lane: Number(lane),
    sequence: Number(sequence),
    streamId: header(message, 'ce_subject'),
    revision: Number(header(message, 'ce_revision')),
    type: type!,
    version: Number(version),
    time,
    commandId: header(message, 'ce_commandid'),
    inputHash: message.headers['ce_inputhash'],
    causationId: header(message, 'ce_causationid'),
    correlationId: header(message, 'ce_correlationid'),
    actor: header(message, 'ce_actor'),
    traceparent: message.headers['traceparent'],
    hash: header(message, 'ce_hash'),
    value: message.value,
  };
  return { event, previousHash: header(message, 'ce_previoushash') };
}

/**
 * Id of a command: a UUID of two digests, the principal's in the first 4 bytes and the whole
 * scope's in the rest. `GET /v1/commands/{id}` can so tell a command's principal without storing
 * it, and the id survives `restore`.
 */
export function commandIdOf(principal: string, ...scope: readonly string[]): string {
  let whole = '';
  for (const part of [principal, ...scope]) whole += `${Buffer.byteLength(part)}:${part}`;
  const hex = principalDigest(principal) + hash('sha256', whole, 'hex').slice(0, 24);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

/** True if a command id belongs to this principal. */
export function isCommandOf(principal: string, commandId: string): boolean {
  return commandId.slice(0, 8) === principalDigest(principal);
}

function principalDigest(principal: string): string {
  return hash('sha256', principal, 'hex').slice(0, 8);
}
