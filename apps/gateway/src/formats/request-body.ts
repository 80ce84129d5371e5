import { isUtf8 } from 'node:buffer';
import { issueSentence } from '@tokengrid/contracts';
import { invalidArgument, type ProblemError } from '@tokengrid/service';
import type { z } from 'zod';
import { type JsonMember, membersOf } from './json-object.ts';

/** Maximum number of errors that one answer lists. */
const mostErrors = 20;

/** A request's body: its text, which stays as it is, and what is known of it. */
export interface RequestBody<T> {
  readonly text: string;
  readonly members: readonly JsonMember[];
  readonly value: T;
}

/**
 * Reads a JSON body. Unknown members go on to the provider.
 * @throws ProblemError 400
 */
export function requestBodyOf<T>(bytes: unknown, schema: z.ZodType<T>): RequestBody<T> {
  if (!Buffer.isBuffer(bytes) || bytes.length === 0) throw invalidArgument('the body: must be there');
  if (!isUtf8(bytes)) throw invalidArgument('the body is not UTF-8');
  const text = bytes.toString();
  const json = parsed(text);
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw invalidArgument('the body: must be an object');
  const { data, error } = schema.safeParse(json);
  if (error) throw problemOf(error);
  const members = membersOf(text);
  refuseRepeats(members);
  return { text, members, value: data };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // V8's message quotes the body, which is a prompt.
    throw invalidArgument('the body is not valid JSON');
  }
}

/** A provider's parser may take the first of two members, and ours the last. */
function refuseRepeats(members: readonly JsonMember[]): void {
  const names = new Set<string>();
  for (const { name } of members) {
    if (names.has(name)) throw fieldFault(name, 'duplicate member');
    names.add(name);
  }
}

/** 400 for one field. */
export function fieldFault(field: string, detail: string): ProblemError {
  return invalidArgument(`${field}: ${detail}`, [{ pointer: `/${field.replaceAll('.', '/')}`, detail }]);
}

function problemOf({ issues }: z.ZodError): ProblemError {
  const errors = issues.slice(0, mostErrors).map(({ path, message }) => ({
    pointer: path.map((key) => `/${String(key)}`).join(''),
    detail: issueSentence(message),
  }));
  const [{ pointer, detail }] = errors as [(typeof errors)[number]];
  return invalidArgument(`${pointer.slice(1).replaceAll('/', '.') || 'the body'}: ${detail}`, errors);
}
