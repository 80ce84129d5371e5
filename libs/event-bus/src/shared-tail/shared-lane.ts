import type { LogRecord } from '@tokengrid/event-store';

/** Records as one fetch gave them; they share its memory, so they are kept or forgotten together. */
interface Chunk {
  readonly next: number;
  readonly records: readonly LogRecord[];
  readonly bytes: number;
}

/** Beside its value a record has a key, headers and what stands for it in memory. */
const bytesBesideValue = 1024;

/** The latest records of one lane of a topic, held so that whoever follows it need not fetch and decode them again. */
export class SharedLane {
  private chunks: Chunk[] = [];
  private bytes = 0;
  private start: number;
  private end: number;
  /** Where each follower stands: where it asked to read from last, or up to where it was given records; and since when. */
  private readonly followers = new Map<object, { readonly offset: number; readonly at: number }>();

  constructor(
    offset: number,
    /** Most bytes held; a chunk that is larger is held until the next one comes. */
    private readonly maxBytes: number,
    /** How long a follower that does not ask for more counts as one that goes along. */
    private readonly patienceMs: number,
  ) {
    this.start = this.end = offset;
  }

  /** Where the next fetch reads from. */
  get next(): number {
    return this.end;
  }

  /**
   * Notes where a follower reads from now. Who goes back wants to see the log itself, not what is remembered of it. The
   * records held move to where they are of use to somebody.
   */
  ask(follower: object, offset: number): void {
    const before = this.followers.get(follower);
    this.place(follower, offset);
    const goesBack = before !== undefined && offset < before.offset;
    if (goesBack || ![...this.followers.values()].some((place) => this.goesAlong(place))) this.restart(offset);
  }

  /** Notes up to where a follower has been given records. */
  place(follower: object, offset: number): void {
    this.followers.set(follower, { offset, at: performance.now() });
  }

  leave(follower: object): void {
    this.followers.delete(follower);
  }

  private goesAlong({ offset, at }: { readonly offset: number; readonly at: number }): boolean {
    return this.has(offset) && performance.now() - at < this.patienceMs;
  }

  /** Whether what stands at an offset is held, or comes next. */
  has(offset: number): boolean {
    return offset >= this.start && offset <= this.end;
  }

  /** What is held from an offset on. */
  from(offset: number): readonly LogRecord[] {
    if (!this.has(offset)) return [];
    // Who keeps pace wants the last few of many: looked for from the end.
    let from = this.chunks.length;
    while (from > 0 && this.chunks[from - 1]!.next > offset) from -= 1;
    const [first, ...later] = this.chunks.slice(from);
    if (!first) return [];
    const begins = first.records[0]!.offset >= offset;
    const records = begins ? first.records : first.records.filter((record) => record.offset >= offset);
    return later.length === 0 ? records : [...records, ...later.flatMap((chunk) => chunk.records)];
  }

  /** Takes what a fetch from an offset gave; nothing if the lane has moved meanwhile. */
  add(from: number, records: readonly LogRecord[]): void {
    if (from !== this.end || records.length === 0) return;
    const bytes = records.reduce((sum, { value }) => sum + (value?.length ?? 0) + bytesBesideValue, 0);
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
