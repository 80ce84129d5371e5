/** UTF-8 needs at most three bytes for a UTF-16 unit. */
const maxBytesPerUnit = 3;
/** A varint of a length or a delta. */
const maxVarintBytes = 8;

/** The most bytes that a text and its length can need. */
export function maxTextBytes(text: string): number {
  return maxBytesPerUnit * text.length + maxVarintBytes;
}

/** Writes the parts of records to a buffer that it keeps from batch to batch and enlarges as needed. */
export class RecordWriter {
  /** Where the next part goes. */
  at = 0;
  bytes: Buffer;

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafeSlow(size);
  }

  /** Makes room for `size` more bytes; nothing below checks again. */
  reserve(size: number): void {
    if (this.at + size <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.bytes.length, this.at + size));
    this.bytes.copy(larger, 0, 0, this.at);
    this.bytes = larger;
  }

  byte(value: number): void {
    this.bytes[this.at++] = value;
  }

  /** A signed number as a zigzag varint; up to 2^52, for which bitwise operators alone would not do. */
  varint(value: number): void {
    let rest = value >= 0 ? 2 * value : -2 * value - 1;
    while (rest > 0x7fffffff) {
      this.bytes[this.at++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    while (rest > 0x7f) {
      this.bytes[this.at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.bytes[this.at++] = rest;
  }

  /** Text with its length in front. Nearly all of it is short ASCII, for which a loop beats a call out of JavaScript. */
  text(text: string): void {
    const start = this.at;
    this.varint(text.length);
    const { bytes } = this;
    let at = this.at;
    let unitsSeen = 0;
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      unitsSeen |= unit;
      bytes[at++] = unit;
    }
    this.at = at;
    if (unitsSeen > 0x7f) {
      this.at = start;
      this.varint(Buffer.byteLength(text));
      this.at += this.bytes.write(text, this.at);
    }
  }

  /** Short bytes as they are. */
  raw(source: Uint8Array): void {
    const { bytes } = this;
    let at = this.at;
    for (let index = 0; index < source.length; index++) bytes[at++] = source[index]!;
    this.at = at;
  }

  /** Bytes with their length in front. */
  value(value: Buffer): void {
    this.varint(value.length);
    value.copy(this.bytes, this.at);
    this.at += value.length;
  }

  /**
   * Writes a part with its length in front, although the length is known only afterwards: room is left for the two
   * bytes that nearly every record's length takes, and the part moves if that was wrong.
   */
  lengthPrefixed(write: () => void): void {
    const start = this.at;
    const expected = 2;
    this.at += expected;
    write();
    const end = this.at;
    const length = end - start - expected;
    this.at = start;
    this.varint(length);
    if (this.at !== start + expected) this.bytes.copyWithin(this.at, start + expected, end);
    this.at += length;
  }
}
