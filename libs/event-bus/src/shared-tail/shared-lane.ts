import type { LogRecord } from '@tokengrid/event-store';

/** Records of one fetch, which share its memory and are kept or dropped together. */
interface Chunk {
  readonly next: number;
  readonly records: readonly LogRecord[];
  readonly bytes: number;
}

/** Estimated memory of a record beside its value: key, headers and objects. */
const bytesBesideValue = 1024;

/** Estimated memory of records, which is about what they take of a fetch. */
export const bytesOf = (records: readonly LogRecord[]): number =>
  records.reduce((sum, { value }) => sum + (value?.length ?? 0) + bytesBesideValue, 0);

/**
 * Latest records of one lane of a topic, kept so that its followers need not fetch and decode them
 * again.
 */
export class SharedLane {
  private chunks: Chunk[] = [];
  private bytes = 0;
  private start: number;
  private end: number;
  /** Position of each follower: the last offset that it asked for or received, and the time. */
  private readonly followers = new Map<object, { readonly offset: number; readonly at: number }>();

  constructor(
    offset: number,
    /** Maximum number of bytes kept; a larger chunk is kept until the next one comes. */
    private readonly maxBytes: number,
    /** Time for which a follower without requests counts as keeping pace. */
    private readonly patienceMs: number,
  ) {
    this.start = this.end = offset;
  }

  /** Offset of the next fetch. */
  get next(): number {
    return this.end;
  }

  /**
   * Records that a follower reads from an offset. One that goes back must read the log itself, not
   * cached records. The cached records move to where a follower can use them.
   */
  ask(follower: object, offset: number): void {
    const before = this.followers.get(follower);
    this.place(follower, offset);
    const goesBack = before !== undefined && offset < before.offset;
    if (goesBack || ![...this.followers.values()].some((place) => this.goesAlong(place))) this.restart(offset);
  }

  /** Records the offset up to which a follower has received records. */
  place(follower: object, offset: number): void {
    this.followers.set(follower, { offset, at: performance.now() });
  }

  leave(follower: object): void {
    this.followers.delete(follower);
  }

  private goesAlong({ offset, at }: { readonly offset: number; readonly at: number }): boolean {
    return this.has(offset) && performance.now() - at < this.patienceMs;
  }

  /** True if the record at an offset is cached, or comes next. */
  has(offset: number): boolean {
    return offset >= this.start && offset <= this.end;
  }

  /** Cached records from an offset on. */
  from(offset: number): readonly LogRecord[] {
    if (!this.has(offset)) return [];
    // A follower that keeps pace wants the last few of many: searched from the end.
    let from = this.chunks.length;
    while (from > 0 && this.chunks[from - 1]!.next > offset) from -= 1;
    const [first, ...later] = this.chunks.slice(from);
    if (!first) return [];
    const begins = first.records[0]!.offset >= offset;
    const records = begins ? first.records : first.records.filter((record) => record.offset >= offset);
    return later.length === 0 ? records : [...records, ...later.flatMap((chunk) => chunk.records)];
  }

  /** Adds the records of a fetch; nothing if the lane has moved meanwhile. */
  add(from: number, records: readonly LogRecord[]): void {
    if (from !== this.end || records.length === 0) return;
    const bytes = bytesOf(records);
    this.end = records.at(-1)!.offset + 1;
    this.chunks.push({ next: this.end, records, bytes });
    this.bytes += bytes;
    while (this.bytes > this.maxBytes && this.chunks.length > 1) {
      const oldest = this.chunks.shift()!;
      this.bytes -= oldest.bytes;
      this.start = oldest.next;
    }
  }

  private restart(offset: number): void {
    this.chunks = [];
    this.bytes = 0;
    this.start = this.end = offset;
  }
}
