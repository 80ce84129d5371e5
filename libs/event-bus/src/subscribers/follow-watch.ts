import { endOfLane, type EventLog } from '@tokengrid/event-store';
import type { Pool } from 'pg';
import type { LaneMark } from './lane-mark.ts';
import type { SubscriberHandler } from './subscriber-options.ts';

/** How far a subscriber has to come, and since when that is known. */
interface Target {
  readonly sequence: number;
  /** Monotonic milliseconds. */
  readonly since: number;
  /** Whether it is the first one: what a start finds has to be applied before anything is known to be complete. */
  readonly isFirst: boolean;
}

type Watched = Pick<SubscriberHandler, 'name' | 'catalogue'>;

/** Where a lane of a topic ends: offsets, and how far its sequences go behind a mark. */
interface LaneEnd {
  readonly first: number;
  readonly next: number;
}

/**
 * Whether subscribers are behind what is known to have been published, whichever process applies their lanes: the topics' ends against the
 * marks in the database. What was published a moment ago is on its way; only what should have been applied for a while makes a
 * subscriber late. A start has to come to the end that it found first.
 */
export class FollowWatch {
  private readonly targets = new Map<string, Target>();
  /** By subscriber and lane: the highest mark that was seen. */
  private readonly marks = new Map<string, number>();

  constructor(
    private readonly log: EventLog,
    private readonly pool: Pool,
    /** How long what is published may be on its way. */
    private readonly graceMs: number,
  ) {}

  /** Why each is behind, a sentence per lane; none where all is as it should be. @throws Error when Kafka or Postgres does not answer */
  async look(subscribers: readonly Watched[]): Promise<readonly string[]> {
    const stored = await this.storedMarks(subscribers.map(({ name }) => name));
    const reasons: string[] = [];
    for (const [topic, readers] of Map.groupBy(subscribers, ({ catalogue }) => catalogue.topic)) {
      const lanes = await this.log.partitionsOf(topic);
      if (lanes === undefined) {
        const some = readers.find(({ name }) => [...stored.keys()].some((key) => key.startsWith(`${name} ${topic}/`)));
        if (some) reasons.push(`${some.name}: the topic ${topic} is gone: run republish`);
        continue;
      }
      const ends = await Promise.all(Array.from({ length: lanes }, (_, lane) => this.log.offsetsOf(topic, lane)));
      for (const { name } of readers) {
        for (const [lane, end] of ends.entries()) {
          const reason = await this.whyBehind(`${name} ${topic}/${lane}`, topic, lane, end, stored);
          if (reason !== undefined) reasons.push(`${name}, lane ${lane}: ${reason}`);
        }
      }
    }
    return reasons;
  }

  private async whyBehind(
    key: string,
    topic: string,
    lane: number,
    { first, next }: LaneEnd,
    stored: ReadonlyMap<string, LaneMark>,
  ): Promise<string | undefined> {
    const mark = stored.get(key);
    const before = this.marks.get(key) ?? 0;
    if (!mark && before > 0) return 'its mark is gone from the database (emptied?)';
    if (mark && mark.sequence < before) {
      // Put back by a person, or begun anew: it has to come to the end again.
      this.targets.delete(key);
    }
    this.marks.set(key, mark?.sequence ?? 0);
    const has = mark?.sequence ?? 0;
    const from = mark?.offset ?? 0;
    // A topic that was made anew begins at 0 again.
    if (first > from)
      return `the topic begins at offset ${first}, but what stands at ${from} is not applied yet: delete it, then republish`;
    const published = await this.publishedIn(topic, lane, next, mark);
    if (published < has) return `the topic ends at ${published}, but events up to ${has} were applied: run republish`;
    return this.whyLate(key, has, published);
  }

  /** Sequence of the last event of a lane. */
  private async publishedIn(topic: string, lane: number, next: number, mark: LaneMark | undefined): Promise<number> {
    if (next === 0) return 0;
    if (mark && mark.sequence > 0 && next === mark.offset) return mark.sequence;
    return (await endOfLane(this.log, topic, lane, mark)).sequence;
  }

  private whyLate(key: string, has: number, published: number): string | undefined {
    const now = performance.now();
    const target = this.targets.get(key);
    if (!target || has >= target.sequence) {
      // A start is known to be complete at once where there is nothing to catch up.
      const isFirst = target === undefined && has < published;
      this.targets.set(key, { sequence: published, since: now, isFirst });
      return isFirst ? catchingUp(has, published) : undefined;
    }
    if (!target.isFirst && now - target.since < this.graceMs) return undefined;
    return catchingUp(has, target.sequence);
  }

  private async storedMarks(subscribers: readonly string[]): Promise<ReadonlyMap<string, LaneMark>> {
    const { rows } = await this.pool.query<{
      subscriber: string;
      topic: string;
      lane: number;
      sequence: string;
      hash: Buffer;
      log_offset: string;
    }>({
      name: 'marks-of-subscribers',
      text: 'select subscriber, topic, lane, sequence, hash, log_offset from subscriber_marks where subscriber = any($1)',
      values: [subscribers],
    });
    return new Map(
      rows.map((row) => [
        `${row.subscriber} ${row.topic}/${row.lane}`,
        { sequence: Number(row.sequence), hash: row.hash.toString('hex'), offset: Number(row.log_offset) },
      ]),
    );
  }
}

const catchingUp = (has: number, published: number) =>
  `events up to ${published} were published, and only those up to ${has} are applied`;
