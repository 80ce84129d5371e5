/**
 * Writes a request's body in Kafka's primitive types, as pieces, so that large byte strings need
 * not be copied.
 */
export class WireWriter {
  private readonly written: Buffer[] = [];
  private buffer = Buffer.allocUnsafe(256);
  private at = 0;

  int8(value: number): this {
    this.reserve(1);
    this.at = this.buffer.writeInt8(value, this.at);
    return this;
  }

  int16(value: number): this {
    this.reserve(2);
    this.at = this.buffer.writeInt16BE(value, this.at);
    return this;
  }

  int32(value: number): this {
    this.reserve(4);
    this.at = this.buffer.writeInt32BE(value, this.at);
    return this;
  }

  int64(value: number): this {
    this.reserve(8);
    this.at = this.buffer.writeBigInt64BE(BigInt(value), this.at);
    return this;
  }

  string(value: string): this {
    const length = Buffer.byteLength(value);
    this.int16(length);
    this.reserve(length);
    this.at += this.buffer.write(value, this.at);
    return this;
  }

  nullString(): this {
    return this.int16(-1);
  }

  /** Bytes after their length, uncopied: they must not change until the request is answered. */
  bytes(value: Buffer): this {
    this.int32(value.length);
    this.written.push(this.buffer.subarray(0, this.at), value);
    this.buffer = Buffer.allocUnsafe(256);
    this.at = 0;
    return this;
  }

  /** All pieces, in order. */
  pieces(): readonly Buffer[] {
    return [...this.written, this.buffer.subarray(0, this.at)];
  }

  private reserve(size: number): void {
    if (this.at + size <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(2 * this.buffer.length + size);
    this.buffer.copy(larger, 0, 0, this.at);
    this.buffer = larger;
  }
}
