import type { LogRecord } from '@tokengrid/event-store';

/**
 * Header names by position, as last seen. A topic's records have the same headers in the same
 * order, so a name is nearly always recognized by comparing bytes, which is much cheaper than
 * decoding it.
 */
const lastNames: { readonly name: string; readonly bytes: Uint8Array }[] = [];
/** Maximum position remembered, so that foreign messages can't make the list grow. */
const maxNamesRemembered = 64;

/** Reads records in order. @throws RangeError if the bytes end too early or a length is invalid */
export class RecordReader {
  private at = 0;

  constructor(private readonly bytes: Buffer) {}

  /** The next record of a batch whose offsets count from `baseOffset`. */
  record(baseOffset: number): LogRecord {
    const length = this.varint();
    const end = this.at + this.checked(length);
    this.at++; // attributes: unused
    this.varint(); // timestamp delta: the event's own time is in its headers
    const offset = baseOffset + this.varint();
    const key = this.text();
    const value = this.bytesOrNull();
    const headers = this.headers();
    if (this.at !== end) throw new RangeError('the record does not end at its stated length');
    return { offset, key, headers, value };
  }

  private headers(): Record<string, string> {
    const headers: Record<string, string> = {};
    const count = this.varint();
    for (let position = 0; position < count; position++) {
      const name = this.name(position);
      const value = this.text();
      if (value !== undefined) headers[name] = value;
    }
    return headers;
  }

  private name(position: number): string {
    const length = this.checked(this.varint());
    const start = this.at;
    this.at += length;
    const last = lastNames[position];
    if (last !== undefined && last.bytes.length === length && startsWith(this.bytes, start, last.bytes))
      return last.name;
    const name = this.bytes.toString('utf8', start, this.at);
    if (position < maxNamesRemembered)
      lastNames[position] = { name, bytes: new Uint8Array(this.bytes.subarray(start, this.at)) };
    return name;
  }

  private text(): string | undefined {
    const length = this.varint();
    if (length < 0) return undefined;
    const start = this.at;
    this.at += this.checked(length);
    return this.bytes.toString('utf8', start, this.at);
  }

  private bytesOrNull(): Buffer | null {
    const length = this.varint();
    if (length < 0) return null;
    const start = this.at;
    this.at += this.checked(length);
    return this.bytes.subarray(start, this.at);
  }

  private checked(length: number): number {
    if (length < 0 || this.at + length > this.bytes.length) throw new RangeError('a length exceeds the batch');
    return length;
  }

  /** A zigzag varint up to 2^52, beyond the range of bitwise operators. */
  private varint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.bytes[this.at++];
      if (byte === undefined || scale > Number.MAX_SAFE_INTEGER) throw new RangeError('a number is not terminated');
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
      scale *= 0x80;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}

function startsWith(bytes: Uint8Array, start: number, expected: Uint8Array): boolean {
  for (let index = 0; index < expected.length; index++) if (bytes[start + index] !== expected[index]) return false;
  return true;
}
