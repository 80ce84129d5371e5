import { isUtf8 } from 'node:buffer';
import type { FieldError } from './problem.ts';
import { invalidArgument } from './problem.ts';

/** Deepest nesting of a body that is taken. Nothing in the public surface comes near; recursion over a body is safe within it. */
export const maxJsonDepth = 64;

/** Most places that one answer lists. */
const maxErrors = 20;

/**
 * Parses a JSON body.
 * @returns `undefined` for an empty body
 * @throws ProblemError 400 for what is not JSON in UTF-8, is nested too deeply, or has text that no store keeps unchanged
 */
export function parseJsonBody(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  if (!isUtf8(body)) throw invalidArgument('the body is not UTF-8');
  let value: unknown;
  try {
    value = JSON.parse(body.toString());
  } catch {
    // V8's message quotes the body, which may hold a secret.
    throw invalidArgument('the body is not valid JSON');
  }
  refuseUnsafe(value);
  return value;
}

/**
 * Refuses what would change or break on its way: NUL characters and lone surrogates (Postgres keeps neither), members
 * named `__proto__` (a prototype to whoever copies them), nesting beyond {@link maxJsonDepth}.
 * @throws ProblemError 400 with a pointer for each
 */
export function refuseUnsafe(value: unknown): void {
  // To say where costs more than to say whether, and almost nothing is refused.
  if (isSafe(value, 0)) return;
  const errors: FieldError[] = [];
  inspect(value, '', 0, errors);
  if (errors.length > 0) throw invalidArgument(errors[0]!.detail, errors);
}

function isSafe(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return unsafeText(value) === undefined;
  if (typeof value !== 'object' || value === null) return true;
  if (depth === maxJsonDepth) return false;
  if (Array.isArray(value)) return value.every((member) => isSafe(member, depth + 1));
  for (const name of Object.keys(value)) {
    if (name === '__proto__' || unsafeText(name) !== undefined) return false;
    if (!isSafe((value as Readonly<Record<string, unknown>>)[name], depth + 1)) return false;
  }
  return true;
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
    // No schema of ours has such a field, and what copies members one by one would lose it instead of refusing it.
    const detail = name === '__proto__' ? 'is not a known field' : unsafeText(name);
    if (detail !== undefined) report(errors, place, detail);
    else inspect((value as Readonly<Record<string, unknown>>)[name], place, depth + 1, errors);
  }
}

function unsafeText(text: string): string | undefined {
  if (text.includes('\0')) return 'has a NUL character';
  return text.isWellFormed() ? undefined : 'has half of a surrogate pair';
}

function report(errors: FieldError[], pointer: string, detail: string): void {
  if (errors.length < maxErrors) errors.push({ pointer, detail });
}

/** A member's name as a token of a JSON Pointer (RFC 6901). */
export function pointerToken(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
