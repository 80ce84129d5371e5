const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;
const space = 0x20;
const letterN = 0x6e;

/** What the bytes of an event say without being parsed. */
export interface EventScan {
  /** True if it has a member `usage` that is not null. */
  readonly hasUsage: boolean;
  /** True if it has a member `error` that is not null. */
  readonly hasError: boolean;
  /** Bytes of the texts that a model wrote in it, escapes included. */
  readonly writtenBytes: number;
}

/** Members of a chunk whose texts a model writes. */
const written = new Set(['content', 'arguments', 'reasoning_content', 'reasoning']);
/** Lengths of the names that matter. */
const lengths = new Set([5, 7, 9, 17]);

/**
 * Looks at the members in the bytes of an event, once. A text ends at a quote without a backslash
 * before it, and is a name if a colon follows.
 */
export function scanned(bytes: Buffer): EventScan {
  let [hasUsage, hasError, writtenBytes] = [false, false, 0];
  let isWritten = false;
  for (let at = bytes.indexOf(quote); at !== -1 && at < bytes.length; at++) {
    if (bytes[at] !== quote) continue;
    const begin = at + 1;
    for (at = begin; at < bytes.length && bytes[at] !== quote;) at += bytes[at] === backslash ? 2 : 1;
    let next = afterSpace(bytes, at + 1);
    if (bytes[next] !== colon) {
      if (isWritten) writtenBytes += at - begin;
      isWritten = false;
      continue;
    }
    next = afterSpace(bytes, next + 1);
    const name = lengths.has(at - begin) ? bytes.toString('latin1', begin, at) : '';
    if (name === 'usage') hasUsage ||= bytes[next] !== letterN;
    else if (name === 'error') hasError ||= bytes[next] !== letterN;
    isWritten = bytes[next] === quote && written.has(name);
    at = next - 1;
  }
  return { hasUsage, hasError, writtenBytes };
}

function afterSpace(bytes: Buffer, from: number): number {
  let at = from;
  while (bytes[at] === space) at++;
  return at;
}
