/** Maximum UTF-8 bytes of one UTF-16 unit. */
const maxBytesPerUnit = 3;
/** Maximum size of a varint of a length or a delta. */
const maxVarintBytes = 8;

/** Maximum size of a text with its length. */
export function maxTextBytes(text: string): number {
  return maxBytesPerUnit * text.length + maxVarintBytes;
}

/** Writes the parts of records to a buffer that is reused for all batches and grows as needed. */
export class RecordWriter {
  /** Position of the next part. */
  at = 0;
  bytes: Buffer;

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafeSlow(size);
  }

  /** Makes room for `size` more bytes; the writers below do not check. */
  reserve(size: number): void {
    if (this.at + size <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.bytes.length, this.at + size));
    this.bytes.copy(larger, 0, 0, this.at);
    this.bytes = larger;
  }

  byte(value: number): void {
    this.bytes[this.at++] = value;
  }

  /** A signed number as a zigzag varint up to 2^52, beyond the range of bitwise operators. */
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

  /**
   * Text after its length. Nearly all texts are short ASCII, for which a loop beats a call out of
   * JavaScript.
   */
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

  /** Short bytes without a length. */
  raw(source: Uint8Array): void {
    const { bytes } = this;
    let at = this.at;
    for (let index = 0; index < source.length; index++) bytes[at++] = source[index]!;
    this.at = at;
  }

  /** Bytes after their length. */
  value(value: Buffer): void {
    this.varint(value.length);
    value.copy(this.bytes, this.at);
    this.at += value.length;
  }

  /**
   * Writes a part after its length, which is known only afterwards: two bytes are reserved, enough
   * for nearly every record, and the part moves if they are not.
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
