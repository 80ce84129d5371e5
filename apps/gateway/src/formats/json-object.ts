import { endOfString } from '@tokengrid/service';

const quote = 0x22;

/** A member of a JSON object, by its places in the text. */
export interface JsonMember {
  readonly name: string;
  /** Place of the name's first quote. */
  readonly begin: number;
  readonly valueBegin: number;
  /** Place after the value. */
  readonly end: number;
}

/**
 * Members of the outermost object of a valid JSON text. The text itself stays as it is: numbers of
 * any size, the order of members, escapes.
 */
export function membersOf(text: string): readonly JsonMember[] {
  const members: JsonMember[] = [];
  for (let begin = text.indexOf('"'); begin !== -1; begin = text.indexOf('"', members.at(-1)!.end)) {
    const nameEnd = endOfString(text, begin);
    const valueBegin = skipSpace(text, text.indexOf(':', nameEnd) + 1);
    const name = JSON.parse(text.slice(begin, nameEnd)) as string;
    members.push({ name, begin, valueBegin, end: endOfValue(text, valueBegin) });
  }
  return members;
}

/**
 * The text of an object with other members: some replaced or added, as JSON texts, and some left
 * out.
 */
export function withMembers(
  text: string,
  members: readonly JsonMember[],
  replaced: ReadonlyMap<string, string | undefined>,
): string {
  const kept = members.filter(({ name }) => !replaced.has(name)).map(({ begin, end }) => text.slice(begin, end));
  const added = [...replaced].flatMap(([name, value]) =>
    value === undefined ? [] : [`${JSON.stringify(name)}:${value}`],
  );
  return `{${[...added, ...kept].join(',')}}`;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) <= 0x20) at++;
  return at;
}

function endOfValue(text: string, begin: number): number {
  const first = text[begin]!;
  if (first === '"') return endOfString(text, begin);
  if (first === '{' || first === '[') return endOfNested(text, begin);
  const literal = /[^\s,}\]]*/y;
  literal.lastIndex = begin;
  literal.exec(text);
  return literal.lastIndex;
}

function endOfNested(text: string, begin: number): number {
  const next = /["{}[\]]/g;
  next.lastIndex = begin;
  let depth = 0;
  for (;;) {
    const at = next.exec(text)!.index;
    const unit = text.charCodeAt(at);
    if (unit === quote) {
      next.lastIndex = endOfString(text, at);
      continue;
    }
    depth += text[at] === '{' || text[at] === '[' ? 1 : -1;
    if (depth === 0) return at + 1;
  }
}
