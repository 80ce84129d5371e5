import { isUtf8 } from 'node:buffer';
import { membersIn, pointerToken, repeatedMembers } from './json-members.ts';
import type { FieldError } from './problem.ts';
import { invalidArgument } from './problem.ts';

/**
 * Maximum nesting of a body. No body of the public surface comes near it, and recursion within it
 * is safe.
 */
const maxJsonDepth = 64;

/** Maximum number of errors that one answer lists. */
const maxErrors = 20;

/**
 * Parses a JSON body.
 * @returns `undefined` for an empty body
 * @throws ProblemError 400 for a body that is not JSON in UTF-8, is nested too deeply, has text
 * that no store keeps unchanged, or has a duplicate member
 */
export function parseJsonBody(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  if (!isUtf8(body)) throw invalidArgument('the body is not UTF-8');
  const text = withoutMark(body.toString());
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // V8's message quotes the body, which may hold a secret.
    throw invalidArgument('the body is not valid JSON');
  }
  const members = safeMembers(value, 0);
  // Locating a fault costs more than detecting it, and faults are rare.
  const errors = members === undefined ? unsafePlaces(value) : [];
  // JSON.parse keeps the last of duplicate members; a proxy before us may have read the first.
  if (members !== undefined && membersIn(text) !== members) errors.push(...repeatedMembers(text, maxErrors));
  if (errors.length > 0) throw invalidArgument(`${errors[0]!.pointer} ${errors[0]!.detail}`.trim(), errors);
  return value;
}

/** Without a byte order mark, which a parser may ignore (RFC 8259, 8.1). */
const withoutMark = (text: string): string => (text.startsWith('\uFEFF') ? text.slice(1) : text);

/**
 * Number of members of a value, nested ones included; `undefined` for a value that would change or
 * break on its way: NUL characters and lone surrogates (Postgres keeps neither), members named
 * `__proto__` (a prototype to copying code), nesting beyond {@link maxJsonDepth}.
 */
function safeMembers(value: unknown, depth: number): number | undefined {
  if (typeof value === 'string') return unsafeText(value) === undefined ? 0 : undefined;
  if (typeof value !== 'object' || value === null) return 0;
  if (depth === maxJsonDepth) return undefined;
  const isArray = Array.isArray(value);
  let count = 0;
  for (const [name, member] of isArray ? value.entries() : Object.entries(value)) {
    if (!isArray && (name === '__proto__' || unsafeText(name as string) !== undefined)) return undefined;
    const within = safeMembers(member, depth + 1);
    if (within === undefined) return undefined;
    count += within + (isArray ? 0 : 1);
  }
  return count;
}

/** Places of the values that {@link safeMembers} refuses. */
function unsafePlaces(value: unknown): FieldError[] {
  const errors: FieldError[] = [];
  inspect(value, '', 0, errors);
  return errors;
}

function inspect(value: unknown, pointer: string, depth: number, errors: FieldError[]): void {
  if (typeof value === 'string') {
    const detail = unsafeText(value);
    if (detail !== undefined) report(errors, pointer, detail);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if (depth === maxJsonDepth) return report(errors, pointer, `is nested deeper than ${maxJsonDepth} levels`);
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) inspect(value[index], `${pointer}/${index}`, depth + 1, errors);
    return;
  }
  for (const name of Object.keys(value)) {
    const place = `${pointer}/${pointerToken(name)}`;
    // No schema of ours has such a field, and code that copies members one by one would drop it in
    // silence.
    const detail = name === '__proto__' ? 'unknown field' : unsafeText(name);
    if (detail !== undefined) report(errors, place, detail);
    else inspect((value as Readonly<Record<string, unknown>>)[name], place, depth + 1, errors);
  }
}

function unsafeText(text: string): string | undefined {
  if (text.includes('\0')) return 'contains a NUL character';
  return text.isWellFormed() ? undefined : 'contains an unpaired surrogate';
}

function report(errors: FieldError[], pointer: string, detail: string): void {
  // The answer is text that every parser takes, whatever names the body has.
  if (errors.length < maxErrors) errors.push({ pointer: pointer.toWellFormed(), detail });
}
