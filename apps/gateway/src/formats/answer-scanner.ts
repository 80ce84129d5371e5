import { type Usage, usageIn } from './usage.ts';

const quote = 0x22;
const backslash = 0x5c;
/** Maximum length of a member's name that matters here, and of the usage in an answer, in bytes. */
const mostNameBytes = 16;
const mostUsageBytes = 65_536;

/** Bytes outside of texts that change what the next ones mean, below the outermost members. */
const isMark = new Uint8Array(256);
for (const mark of '"{}[]') isMark[mark.charCodeAt(0)] = 1;

/**
 * Finds the usage in a JSON answer that is too long to be held: the outermost member `usage`, and
 * the number of objects in the outermost list `data`. Chunks may be split anywhere.
 */
export class AnswerScanner {
  /** Number of objects in `data` so far. */
  items = 0;
  private depth = 0;
  private isInText = false;
  /** True after an odd number of backslashes in a text. */
  private isEscaped = false;
  /** True where the next text is the name of an outermost member. */
  private isName = false;
  private name = '';
  /** Bytes of the usage that has begun. */
  private captured: number[] | undefined;
  private stated: string | undefined;

  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length;) {
      if (this.isInText) at = this.text(chunk, at);
      else if (this.depth < 2 || this.captured || isMark[chunk[at]!]) at = this.mark(chunk, at);
      // Most of a vector is numbers.
      else while (at < chunk.length && !isMark[chunk[at]!]) at++;
    }
  }

  /** The usage, if the answer has stated one. */
  get usage(): Usage | undefined {
    if (this.stated === undefined) return undefined;
    try {
      return usageIn(JSON.parse(this.stated));
    } catch {
      return undefined;
    }
  }

  /** Reads on in a text, at once to its end where nothing of it matters. */
  private text(chunk: Buffer, begin: number): number {
    if (this.isEscaped) {
      this.isEscaped = false;
      this.keep(chunk, begin, begin + 1);
      return begin + 1;
    }
    const end = chunk.indexOf(quote, begin);
    const escape = chunk.subarray(begin, end === -1 ? undefined : end).indexOf(backslash);
    if (escape !== -1) {
      this.isEscaped = true;
      this.keep(chunk, begin, begin + escape + 1);
      return begin + escape + 1;
    }
    if (end === -1) {
      this.keep(chunk, begin, chunk.length);
      return chunk.length;
    }
    this.keep(chunk, begin, end + 1);
    this.isInText = false;
    return end + 1;
  }

  /** Keeps bytes of a name or of usage; those of a name without its quote. */
  private keep(chunk: Buffer, begin: number, end: number): void {
    if (this.captured) this.capture(chunk, begin, end);
    else if (this.depth === 1 && this.isName && this.name.length <= mostNameBytes)
      this.name += chunk.toString('latin1', begin, Math.min(end, begin + mostNameBytes + 1)).replace('"', '');
  }

  private capture(chunk: Buffer, begin: number, end: number): void {
    if (this.captured!.length + end - begin > mostUsageBytes) this.captured = undefined;
    else for (let at = begin; at < end; at++) this.captured!.push(chunk[at]!);
  }

  /** Reads one byte outside of texts. */
  private mark(chunk: Buffer, at: number): number {
    const byte = chunk[at]!;
    if (byte === quote) {
      this.isInText = true;
      if (this.depth === 1 && this.isName) this.name = '';
    } else if (byte === 0x7b || byte === 0x5b) this.open(byte === 0x7b);
    else if (byte === 0x7d || byte === 0x5d) this.depth--;
    else if (this.depth === 1 && byte === 0x3a) this.isName = false;
    else if (this.depth === 1 && byte === 0x2c) this.isName = true;
    if (this.captured) {
      this.capture(chunk, at, at + 1);
      if (this.depth === 1 && this.captured) {
        this.stated = Buffer.from(this.captured).toString();
        this.captured = undefined;
      }
    }
    return at + 1;
  }

  private open(isObject: boolean): void {
    this.depth++;
    if (this.depth === 1) this.isName = true;
    else if (this.depth === 2 && isObject && this.name === 'usage') this.captured = [];
    else if (this.depth === 3 && isObject && this.name === 'data') this.items++;
  }
}
