import { hash } from 'node:crypto';
import { ProblemError, invalidArgument, problem } from '@tokengrid/service';
import { attributeName } from './cloud-event.ts';

/** What a request reports: usage events that have not been checked yet, and how they came. */
export interface Reported {
  readonly events: readonly unknown[];
  readonly mode: 'structured' | 'batched' | 'binary';
}

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Reads the three content modes of CloudEvents' HTTP binding: structured (`application/cloudevents+json`), batched
 * (`application/cloudevents-batch+json`), and binary (another media type of JSON, the attributes in `ce-` headers).
 * @throws ProblemError 400 for a body that does not fit its mode, 415 for another media type
 */
export function reportedBy(headers: Headers, body: unknown): Reported {
  const type = mediaType(headers);
  switch (type) {
    case 'application/cloudevents+json':
      return { events: [body], mode: 'structured' };
    case 'application/cloudevents-batch+json':
      if (!Array.isArray(body)) throw invalidArgument('a batch has to be a JSON array of CloudEvents');
      return { events: body, mode: 'batched' };
    default:
      if (!type.startsWith('application/cloudevents') && /^application\/(.+\+)?json$/.test(type))
        return { events: [binaryEvent(headers, body)], mode: 'binary' };
      throw new ProblemError(problem(415, 'UNSUPPORTED_MEDIA_TYPE', typesTaken));
  }
}

const typesTaken =
  'usage is taken as application/cloudevents+json, application/cloudevents-batch+json, or application/json with ce- headers';

function mediaType(headers: Headers): string {
  return String(headers['content-type'] ?? '')
    .split(';', 1)[0]!
    .trim()
    .toLowerCase();
}

const prefix = 'ce-';
/** What is in binary mode no header of its own: the body, and its media type. */
const inTheBody = ['data', 'data_base64', 'datacontenttype'];

/** The event whose data is the body and whose attributes are in the headers. */
function binaryEvent(headers: Headers, data: unknown): Record<string, unknown> {
  const attributes = Object.entries(headers).flatMap(([header, value]): [string, string][] => {
    if (!header.startsWith(prefix) || typeof value !== 'string') return [];
    const name = header.slice(prefix.length);
    if (!attributeName.test(name) || inTheBody.includes(name)) throw badHeader(name, 'is not a known field');
    return [[name, headerText(name, value)]];
  });
  if (attributes.length === 0) {
    const detail =
      "application/json is CloudEvents' binary mode: the headers ce-id, ce-source, ce-type, ce-specversion and ce-subject are missing";
    throw invalidArgument(detail);
  }
  return { ...Object.fromEntries(attributes), data };
}

const printableAscii = /^[\x20-\x7e]*$/;
/** Text of a header in pieces: as it is, or in quotes, in which a backslash stands before a character that would end them. */
const quotedStrings = /"((?:[^"\\]|\\.)*)"/g;

/**
 * The text of a header: first unquoted, then percent-decoded once, as UTF-8 (CloudEvents HTTP binding, 3.1.3.2).
 * @throws ProblemError 400 for bytes that no header may have, and for what is not encoded in this way
 */
function headerText(name: string, value: string): string {
  if (!printableAscii.test(value)) throw badHeader(name, 'has bytes that are not printable ASCII: percent-encode them');
  if (value.replace(quotedStrings, '').includes('"')) throw badHeader(name, 'has a double quote without its other one');
  const unquoted = value.replace(quotedStrings, (_, text: string) => text.replace(/\\(.)/g, '$1'));
  if (!unquoted.includes('%')) return unquoted;
  try {
    return decodeURIComponent(unquoted);
  } catch {
    throw badHeader(name, 'is not percent-encoded UTF-8');
  }
}

function badHeader(name: string, detail: string): ProblemError {
  return invalidArgument(`the header ${prefix}${name} ${detail}`, [{ pointer: `/${name}`, detail }]);
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
