import { endOfLane, type EventLog, type PartitionEnds } from '@tokengrid/event-store';
import type { Pool } from 'pg';
import type { LaneMark } from './lane-mark.ts';
import type { SubscriberHandler } from './subscriber-options.ts';

/** Sequence that a subscriber has to reach, and the time since it is known. */
interface Target {
  readonly sequence: number;
  /** Monotonic milliseconds. */
  readonly since: number;
  /**
   * True if it is the first one: the events found at the start have to be applied before the data
   * counts as complete.
   */
  readonly isFirst: boolean;
}

/** A subscriber that is behind in a lane. */
export interface Behind {
  readonly reason: string;
  /** True if it makes progress, or has stopped only recently: no check is needed then. */
  readonly goesOn: boolean;
}

type Watched = Pick<SubscriberHandler, 'name' | 'catalogue'>;

/**
 * Finds subscribers behind the published events, whichever process applies their lanes: the topics'
 * ends compared with the marks in the database. Recently published events are on their way; a
 * subscriber is late only with older ones. After a start it has to reach the end found first.
 */
export class FollowWatch {
  private readonly targets = new Map<string, Target>();
  /**
   * Last mark seen, by subscriber and lane, and the monotonic time since which it has stood there.
   */
  private readonly marks = new Map<string, { readonly sequence: number; readonly since: number }>();

  constructor(
    private readonly log: EventLog,
    private readonly pool: Pool,
    /** Time that a published event may take to be applied. */
    private readonly graceMs: number,
    /**
     * Time for which a subscriber that is behind may stand still: longer than a take-over from a
     * dead process.
     */
    private readonly stillMs: number,
  ) {}

  /**
   * Subscribers that are behind, with a sentence per lane.
   * @throws Error if Kafka or Postgres does not answer
   */
  async look(subscribers: readonly Watched[]): Promise<readonly Behind[]> {
    const stored = await this.storedMarks(subscribers.map(({ name }) => name));
    const found: Behind[] = [];
    const byTopic = Map.groupBy(subscribers, ({ catalogue }) => catalogue.topic);
    const all = byTopic.size === 0 ? new Map() : await this.log.endsOf([...byTopic.keys()]);
    for (const [topic, readers] of byTopic) {
      const ends = all.get(topic);
      if (ends === undefined) {
        const some = readers.find(({ name }) => [...stored.keys()].some((key) => key.startsWith(`${name} ${topic}/`)));
        if (some) found.push(forGood(`${some.name}: the topic ${topic} is gone: run republish`));
        continue;
      }
      for (const [lane, end] of ends.entries()) {
        const keys = readers.map(({ name }) => `${name} ${topic}/${lane}`);
        const known = keys.flatMap((key) => stored.get(key) ?? []);
        const published = once(() => this.publishedIn(topic, lane, end, known));
        for (const [at, { name }] of readers.entries()) {
          const behind = await this.whyBehind(keys[at]!, end, stored, published);
          if (behind) found.push({ ...behind, reason: `${name}, lane ${lane}: ${behind.reason}` });
        }
      }
    }
    return found;
  }

  private async whyBehind(
    key: string,
    { first }: PartitionEnds,
    stored: ReadonlyMap<string, LaneMark>,
    publishedInLane: () => Promise<number>,
  ): Promise<Behind | undefined> {
    const mark = stored.get(key);
    const before = this.marks.get(key)?.sequence ?? 0;
    if (!mark && before > 0) return forGood('its mark is gone from the database (emptied?)');
    if (mark && mark.sequence < before) {
      // A reset or new mark: it has to reach the end again.
      this.targets.delete(key);
    }
    const has = mark?.sequence ?? 0;
    if (has !== this.marks.get(key)?.sequence) this.marks.set(key, { sequence: has, since: performance.now() });
    const from = mark?.offset ?? 0;
    // A recreated topic begins at 0 again.
    if (first > from)
      return forGood(
        `the topic begins at offset ${first}, but the records from ${from} on are not applied yet: delete the topic, then republish`,
      );
    const published = await publishedInLane();
    if (published < has)
      return forGood(`the topic ends at ${published}, but events up to ${has} were applied: run republish`);
    return this.whyLate(key, has, published);
  }

  /** Sequence of the last event of a lane, read from the furthest mark on. */
  private async publishedIn(
    topic: string,
    lane: number,
    { next }: PartitionEnds,
    known: readonly LaneMark[],
  ): Promise<number> {
    if (next === 0) return 0;
    const [furthest] = known.filter(({ sequence }) => sequence > 0).toSorted((a, b) => b.offset - a.offset);
    if (furthest?.offset === next) return furthest.sequence;
    return (await endOfLane(this.log, topic, lane, furthest)).sequence;
  }

  private whyLate(key: string, has: number, published: number): Behind | undefined {
    const now = performance.now();
    const target = this.targets.get(key);
    if (!target || has >= target.sequence) {
      // Without anything to catch up, a start is complete at once.
      const isFirst = target === undefined && has < published;
      this.targets.set(key, { sequence: published, since: now, isFirst });
      return isFirst ? forGood(catchingUp(has, published)) : undefined;
    }
    // The progress of a start is reported anyway: until it ends, many requests are answered 503.
    if (target.isFirst) return forGood(catchingUp(has, target.sequence));
    if (now - target.since < this.graceMs) return undefined;
    const stillSince = Math.max(target.since, this.marks.get(key)!.since);
    return { reason: catchingUp(has, target.sequence), goesOn: now - stillSince < this.stillMs };
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

/** Calls a function once at most, for all who ask. */
function once<Value>(ask: () => Promise<Value>): () => Promise<Value> {
  let asked: Promise<Value> | undefined;
  return () => (asked ??= ask());
}

const forGood = (reason: string): Behind => ({ reason, goesOn: false });

const catchingUp = (has: number, published: number) =>
  `events up to ${published} were published, but only those up to ${has} are applied`;
