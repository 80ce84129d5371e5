const lineFeed = 10;
const carriageReturn = 13;

/** An event of a stream has more bytes than one may have. */
export class EventTooLong extends Error {
  override readonly name = 'EventTooLong';
}

/**
 * Splits bytes into server-sent events. It looks at line ends alone, so that events may be split
 * over chunks, and characters over bytes.
 */
export class EventSplitter {
  /** Bytes of the event that has begun. */
  private parts: Buffer[] = [];
  private size = 0;
  /** Bytes of the line that has begun, and the last one of them. */
  private lineLength = 0;
  private lastByte = 0;

  /** @param mostBytes maximum number of bytes of one event */
  constructor(private readonly mostBytes: number) {}

  /**
   * Events that end in a chunk, each with the blank line that ends it.
   * @throws EventTooLong
   */
  push(chunk: Buffer): readonly Buffer[] {
    const events: Buffer[] = [];
    let [begin, line] = [0, 0];
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, line)) {
      const isBlank = this.isBlank(chunk, line, end);
      this.lineLength = 0;
      line = end + 1;
      if (!isBlank) continue;
      const event = this.whole(chunk.subarray(begin, line));
      // Blank lines between events are none.
      if (event.length > 2) events.push(event);
      begin = line;
    }
    this.keep(chunk.subarray(begin), chunk.length - line);
    return events;
  }

  private isBlank(chunk: Buffer, line: number, end: number): boolean {
    const length = this.lineLength + end - line;
    if (length > 1) return false;
    return length === 0 || (end > line ? chunk[line] : this.lastByte) === carriageReturn;
  }

  private whole(end: Buffer): Buffer {
    if (this.parts.length === 0) return end;
    const event = Buffer.concat([...this.parts, end]);
    [this.parts, this.size] = [[], 0];
    return event;
  }

  private keep(rest: Buffer, lineLength: number): void {
    if (rest.length === 0) return;
    this.parts.push(rest);
    this.size += rest.length;
    this.lineLength += lineLength;
    this.lastByte = rest[rest.length - 1]!;
    if (this.size > this.mostBytes) throw new EventTooLong(`an event has more than ${this.mostBytes} bytes`);
  }
}
