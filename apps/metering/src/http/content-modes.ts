import { hash } from 'node:crypto';
import { ProblemError, invalidArgument, problem } from '@tokengrid/service';

/** What a request reports: usage events that have not been checked yet, and how they came. */
export interface Reported {
  readonly events: readonly unknown[];
  readonly mode: 'structured' | 'batched' | 'binary';
}

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Reads the three content modes of CloudEvents' HTTP binding: structured (`application/cloudevents+json`), batched
 * (`application/cloudevents-batch+json`), and binary (`application/json`, the attributes in `ce-` headers).
 * @throws ProblemError 400 for a body that does not fit its mode, 415 for another media type
 */
export function reportedBy(headers: Headers, body: unknown): Reported {
  switch (mediaType(headers)) {
    case 'application/cloudevents+json':
      return { events: [body], mode: 'structured' };
    case 'application/cloudevents-batch+json':
      if (!Array.isArray(body)) throw invalidArgument('a batch has to be a JSON array of CloudEvents');
      return { events: body, mode: 'batched' };
    case 'application/json':
      return { events: [binaryEvent(headers, body)], mode: 'binary' };
    default: {
      const detail =
        'usage is taken as application/cloudevents+json, application/cloudevents-batch+json, or application/json with ce- headers';
      throw new ProblemError(problem(415, 'UNSUPPORTED_MEDIA_TYPE', detail));
    }
  }
}

function mediaType(headers: Headers): string {
  return String(headers['content-type'] ?? '')
    .split(';', 1)[0]!
    .trim()
    .toLowerCase();
}

const prefix = 'ce-';

/** The event whose data is the body and whose attributes are in the headers. */
function binaryEvent(headers: Headers, data: unknown): Record<string, unknown> {
  const event: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(prefix) && typeof value === 'string')
      event[name.slice(prefix.length)] = headerText(name, value);
  }
  if (Object.keys(event).length === 0) {
    const detail =
      "application/json is CloudEvents' binary mode: the headers ce-id, ce-source, ce-type, ce-specversion and ce-subject are missing";
    throw invalidArgument(detail);
  }
  return { ...event, data };
}

/** Header values are percent-encoded UTF-8 where they are not printable ASCII (CloudEvents HTTP binding, 3.1.3.2). */
function headerText(name: string, value: string): string {
  if (!value.includes('%')) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    throw invalidArgument(`the header ${name} is not percent-encoded UTF-8`, [
      { pointer: `/${name.slice(prefix.length)}`, detail: 'is not percent-encoded UTF-8' },
    ]);
  }
}

/**
 * What tells a request from another one under the same idempotency key: its body, and in binary mode its attributes too.
 * @param inputHash keyed hash of the body
 */
export function inputHashOf({ events, mode }: Reported, inputHash: string): string {
  return mode === 'binary' ? hash('sha256', `${inputHash}${canonicalAttributes(events[0])}`) : inputHash;
}

function canonicalAttributes(event: unknown): string {
  const { data: _, ...attributes } = event as Record<string, unknown>;
  return JSON.stringify(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1)));
}
