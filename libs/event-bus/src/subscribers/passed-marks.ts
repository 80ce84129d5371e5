import type { LaneMark } from './lane-mark.ts';
import type { LaneWork } from './lane-work.ts';
import type { PolicyMarks } from './policy-marks.ts';
import { type MarkKey, MarkMoved } from './subscriber-tables.ts';

/**
 * Maximum age of a stored mark under load. When its events are read again, they are ignored again,
 * or found done.
 */
const usualMarkAfterMs = 500;

/** A stored mark, and the events passed over since. */
interface Passed {
  readonly key: MarkKey;
  readonly from: LaneMark;
  readonly to: LaneMark;
  /** Monotonic milliseconds. */
  readonly since: number;
}

/**
 * Marks of one subscriber's lanes behind events that left no rows of its own: it ignored them, or
 * their commands are stored. A transaction for each batch and subscriber would be most of a
 * service's load on its database: the stored marks follow at intervals.
 */
export class PassedMarks {
  private readonly passed = new Map<number, Passed>();

  constructor(
    private readonly marks: Pick<PolicyMarks, 'move'>,
    private readonly markAfterMs = usualMarkAfterMs,
  ) {}

  has(lane: number): boolean {
    return this.passed.has(lane);
  }

  /** Passes over events that need not be read again. */
  async passOver(work: LaneWork): Promise<void> {
    const { lane, key, to } = work;
    const from = this.storedMark(work);
    const now = performance.now();
    const since = this.passed.get(lane)?.since ?? now;
    if (now - since < this.markAfterMs) this.passed.set(lane, { key, from, to, since });
    else await this.moving(lane, () => this.marks.move(key, from, to));
  }

  /** Mark in the database, from which this work starts unless it passed over events before. */
  storedMark({ lane, from }: Pick<LaneWork, 'lane' | 'from'>): LaneMark {
    const passed = this.passed.get(lane);
    if (passed?.to.sequence === from.sequence) return passed.from;
    this.passed.delete(lane);
    return from;
  }

  /** Moves a stored mark; if another process has moved it, the known mark is dropped. */
  async moving(lane: number, move: () => Promise<void>): Promise<void> {
    try {
      await move();
      this.passed.delete(lane);
    } catch (error) {
      if (error instanceof MarkMoved) this.passed.delete(lane);
      throw error;
    }
  }

  /** Stores the mark of a lane that is quiet. */
  async store(lane: number): Promise<void> {
    const passed = this.passed.get(lane);
    if (passed) await this.moving(lane, () => this.marks.move(passed.key, passed.from, passed.to));
  }

  /** Forgets a lane that another process applies now. */
  forget(lane: number): void {
    this.passed.delete(lane);
  }
}
