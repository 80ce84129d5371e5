import type { ChainedEvent, LogRecord, PartitionEnds, ReadOptions, TopicSettings } from '@tokengrid/event-store';
import type { Tail, TailingLog } from '../tailing-log.ts';
import { SharedTail } from './shared-tail.ts';
import { SharedTopic, type SharingLimits } from './shared-topic.ts';

/**
 * Enough for some seconds of a busy lane; a follower further behind reads by itself. A fetch may
 * wait long, since the broker answers it as soon as there is a record, and is checked meanwhile.
 */
const defaultSharingLimits: SharingLimits = {
  maxBytes: 2 * 1024 * 1024,
  patienceMs: 5000,
  fetchWaitMs: 30_000,
  restMsPerRecord: 5,
  maxRestMs: 50,
};

/**
 * A log whose tails share their fetches: each topic is fetched and decoded once for all followers.
 */
export class SharingLog implements TailingLog {
  private readonly topics = new Map<string, { readonly shared: SharedTopic; followers: number }>();

  constructor(
    private readonly log: TailingLog,
    private readonly limits: SharingLimits = defaultSharingLimits,
  ) {}

  tail(topic: string): Tail {
    const entry = this.topics.get(topic) ?? {
      shared: new SharedTopic(this.log.tail(topic), this.limits),
      followers: 0,
    };
    this.topics.set(topic, entry);
    entry.followers += 1;
    return new SharedTail(entry.shared, this.log.tail(topic), () => {
      entry.followers -= 1;
      if (entry.followers > 0) return;
      entry.shared.close();
      this.topics.delete(topic);
    });
  }

  partitionsOf(topic: string): Promise<number | undefined> {
    return this.log.partitionsOf(topic);
  }

  createTopic(topic: string, settings: TopicSettings): Promise<void> {
    return this.log.createTopic(topic, settings);
  }

  append(topic: string, partition: number, events: readonly ChainedEvent[]): Promise<number> {
    return this.log.append(topic, partition, events);
  }

  read(topic: string, partition: number, from: number, options: ReadOptions): Promise<readonly LogRecord[]> {
    return this.log.read(topic, partition, from, options);
  }

  offsetsOf(topic: string, partition: number): Promise<PartitionEnds> {
    return this.log.offsetsOf(topic, partition);
  }

  endsOf(topics: readonly string[]): Promise<ReadonlyMap<string, readonly PartitionEnds[]>> {
    return this.log.endsOf(topics);
  }

  close(): Promise<void> {
    return this.log.close();
  }
}
