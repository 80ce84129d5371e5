import { isUtf8 } from 'node:buffer';
import { cutTo, issueSentence } from '@tokengrid/contracts';
import { type FieldError, invalidArgument, memberFaults, pointerToken, type ProblemError } from '@tokengrid/service';
import type { z } from 'zod';
import { type JsonMember, membersOf } from './json-object.ts';

/** Maximum number of errors that one answer lists. */
const mostErrors = 20;
/** Maximum nesting of a body: deeper than any schema of a tool, and safe to go through. */
const mostLevels = 256;
/** Characters of a caller's word that an error repeats. */
const mostShown = 50;

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
  // A provider's parser may take the first of two members, and ours the last.
  const faults = memberFaults(text, json, mostLevels);
  if (faults.length > 0) throw faultsAt(faults);
  return { text, members: membersOf(text), value: valueOf(json, schema) };
}

/** What a schema reads in a body. @throws ProblemError 400 */
export function valueOf<T>(json: unknown, schema: z.ZodType<T>): T {
  const { data, error } = schema.safeParse(json);
  if (error) throw problemOf(error);
  return data;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // V8's message quotes the body, which is a prompt.
    throw invalidArgument('the body is not valid JSON');
  }
}

/** A word of a caller in an error, as far as it is short. */
export const shown = (word: unknown): string =>
  cutTo(mostShown, typeof word === 'string' ? word : (JSON.stringify(word) ?? 'undefined'));

/** 400 for one field. */
export function fieldFault(field: string, detail: string): ProblemError {
  return invalidArgument(`${field}: ${detail}`, [{ pointer: `/${field.replaceAll('.', '/')}`, detail }]);
}

function problemOf({ issues }: z.ZodError): ProblemError {
  return faultsAt(
    issues.slice(0, mostErrors).map(({ path, message }) => ({
      pointer: path.map((key) => `/${pointerToken(String(key))}`).join(''),
      detail: issueSentence(message),
    })),
  );
}

/** 400 for some fields, named as OpenAI's API names them. */
function faultsAt(errors: readonly FieldError[]): ProblemError {
  const { pointer, detail } = errors[0]!;
  return invalidArgument(`${pointer.slice(1).replaceAll('/', '.') || 'the body'}: ${detail}`, errors);
}
