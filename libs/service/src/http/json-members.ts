import type { FieldError } from './problem.ts';

const quote = 0x22;
const colon = 0x3a;
const backslash = 0x5c;

/** Number of members in a valid JSON text, duplicates counted: the strings before a colon. */
export function membersIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf('"'); at !== -1;) {
    const next = skipSpace(text, endOfString(text, at));
    if (text.charCodeAt(next) === colon) count++;
    at = text.indexOf('"', next);
  }
  return count;
}

/** Index after the closing quote of the string that begins at `from`, in a valid JSON text. */
export function endOfString(text: string, from: number): number {
  let end = from;
  do end = text.indexOf('"', end + 1);
  while (backslashesBefore(text, end) % 2 === 1);
  return end + 1;
}

function backslashesBefore(text: string, at: number): number {
  let first = at;
  while (text.charCodeAt(first - 1) === backslash) first--;
  return at - first;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  for (let unit = text.charCodeAt(at); unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09;)
    unit = text.charCodeAt(++at);
  return at;
}

/** What a parsed JSON value is made of. */
interface Measures {
  /** Number of members, at any depth. */
  readonly members: number;
  /** Number of levels that it is nested. */
  readonly levels: number;
  /** True if a member is named `__proto__`, a prototype to code that copies members. */
  readonly hasProto: boolean;
}

function measured(value: unknown): Measures {
  let [members, levels, hasProto] = [0, 0, false];
  const open = [{ value, level: 0 }];
  for (let next = open.pop(); next; next = open.pop()) {
    const level = next.level + 1;
    const parts = Object.values(next.value as object) as unknown[];
    if (!Array.isArray(next.value)) members += parts.length;
    hasProto ||= Object.hasOwn(next.value as object, '__proto__');
    if (level > levels) levels = level;
    for (const part of parts) if (typeof part === 'object' && part !== null) open.push({ value: part, level });
  }
  return { members, levels, hasProto };
}

/** Maximum number of places that an answer lists. */
const mostPlaces = 20;

/**
 * Faults of a JSON text that goes on to another server as it is: its members are unique, at any
 * depth, none is named `__proto__`, which copying code drops, and its nesting is bounded.
 * @param value the parsed text, an object or a list
 */
export function memberFaults(text: string, value: object, mostLevels: number): readonly FieldError[] {
  const { members, levels, hasProto } = measured(value);
  if (levels > mostLevels) return [{ pointer: '', detail: `is nested deeper than ${mostLevels} levels` }];
  if (hasProto) return [{ pointer: protoPlace(value, '')!, detail: 'unknown field' }];
  return membersIn(text) === members ? [] : repeatedMembers(text, mostPlaces);
}

/** Place of the first member named `__proto__`. */
function protoPlace(value: unknown, pointer: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, member] of Object.entries(value)) {
    const place = `${pointer}/${pointerToken(name)}`;
    const found = name === '__proto__' ? place : protoPlace(member, place);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A member's name as a token of a JSON Pointer (RFC 6901). */
export const pointerToken = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

/** An object or array that has begun, and the position within it. */
interface Open {
  /** For an object: the names so far, and the name whose value is next. */
  readonly names: Set<string> | undefined;
  name: string;
  index: number;
}

/** Places of duplicate members. Slow: for a text that is known to have one. */
export function repeatedMembers(text: string, most: number): FieldError[] {
  const found: FieldError[] = [];
  const open: Open[] = [];
  const step = ({ names, name, index }: Open) => `/${names ? pointerToken(name) : index}`;
  for (let at = 0; at < text.length && found.length < most; at++) {
    const inner = open.at(-1);
    const unit = text.charCodeAt(at);
    if (unit === quote) {
      const end = endOfString(text, at);
      if (inner?.names && text.charCodeAt(skipSpace(text, end)) === colon) {
        inner.name = JSON.parse(text.slice(at, end)) as string;
        if (inner.names.has(inner.name)) found.push({ pointer: open.map(step).join(''), detail: 'duplicate member' });
        inner.names.add(inner.name);
      }
      at = end - 1;
    } else if (text[at] === '{') open.push({ names: new Set(), name: '', index: 0 });
    else if (text[at] === '[') open.push({ names: undefined, name: '', index: 0 });
    else if (text[at] === '}' || text[at] === ']') open.pop();
    else if (text[at] === ',' && inner) inner.index++;
  }
  return found;
}
