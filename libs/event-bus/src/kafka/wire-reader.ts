/** Reads a response's body in Kafka's primitive types. */
export class WireReader {
  private at = 0;

  constructor(private readonly buffer: Buffer) {}

  int16(): number {
    this.at += 2;
    return this.buffer.readInt16BE(this.at - 2);
  }

  int32(): number {
    this.at += 4;
    return this.buffer.readInt32BE(this.at - 4);
  }

  int64(): number {
    this.at += 8;
    return Number(this.buffer.readBigInt64BE(this.at - 8));
  }

  string(): string {
    const length = this.int16();
    this.at += length;
    return this.buffer.toString('utf8', this.at - length, this.at);
  }

  /** Bytes after their length, as a view; empty for null. */
  bytes(): Buffer {
    const length = Math.max(0, this.int32());
    this.at += length;
    return this.buffer.subarray(this.at - length, this.at);
  }

  /** Calls `read` for each element of an array; null counts as empty. */
  each(read: () => void): void {
    const count = this.int32();
    for (let index = 0; index < count; index++) read();
  }

  array<Element>(read: () => Element): Element[] {
    const elements: Element[] = [];
    this.each(() => elements.push(read()));
    return elements;
  }
}
