import { ProblemError, invalidArgument, problem } from '@tokengrid/service';
import { attributeName } from '../../usage-events/cloud-event.ts';
import type { Reported } from '../../usage-events/reported.ts';

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Reads the three content modes of CloudEvents' HTTP binding: structured
 * (`application/cloudevents+json`), batched (`application/cloudevents-batch+json`), and binary
 * (another JSON media type, the attributes in `ce-` headers).
 * @throws ProblemError 400 for a body that does not fit its mode, 415 for another media type
 */
export function reportedBy(headers: Headers, body: unknown): Reported {
  const type = mediaType(headers);
  switch (type) {
    case 'application/cloudevents+json':
      return { events: [body], mode: 'structured' };
    case 'application/cloudevents-batch+json':
      if (!Array.isArray(body)) throw invalidArgument('a batch must be a JSON array of CloudEvents');
      return { events: body, mode: 'batched' };
    default:
      if (!type.startsWith('application/cloudevents') && /^application\/(.+\+)?json$/.test(type))
        return { events: [binaryEvent(headers, body)], mode: 'binary' };
      throw new ProblemError(problem(415, 'UNSUPPORTED_MEDIA_TYPE', typesTaken));
  }
}

const typesTaken =
  'unsupported media type: send application/cloudevents+json, application/cloudevents-batch+json, or application/json with ce- headers';

function mediaType(headers: Headers): string {
  return String(headers['content-type'] ?? '')
    .split(';', 1)[0]!
    .trim()
    .toLowerCase();
}

const prefix = 'ce-';
/** Attributes without a header in binary mode: the body, and its media type. */
const inTheBody = ['data', 'data_base64', 'datacontenttype'];

/** Event with the body as data and its attributes from the headers. */
function binaryEvent(headers: Headers, data: unknown): Record<string, unknown> {
  const attributes = Object.entries(headers).flatMap(([header, value]): [string, string][] => {
    if (!header.startsWith(prefix) || typeof value !== 'string') return [];
    const name = header.slice(prefix.length);
    if (!attributeName.test(name) || inTheBody.includes(name)) throw badHeader(name, 'unknown field');
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
/** Quoted strings of a header, with backslash escapes. */
const quotedStrings = /"((?:[^"\\]|\\.)*)"/g;

/**
 * Text of a header: unquoted, then percent-decoded once, as UTF-8 (CloudEvents HTTP binding,
 * 3.1.3.2).
 * @throws ProblemError 400 for bytes that are not allowed in a header, and for a wrong encoding
 */
function headerText(name: string, value: string): string {
  if (!printableAscii.test(value))
    throw badHeader(name, 'contains bytes that are not printable ASCII: percent-encode them');
  if (value.replace(quotedStrings, '').includes('"')) throw badHeader(name, 'has an unclosed double quote');
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
