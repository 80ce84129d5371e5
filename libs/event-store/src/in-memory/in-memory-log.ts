import { headersOf } from '@tokengrid/contracts';
import type { ChainedEvent, EventLog, LogRecord, PartitionEnds, ReadOptions, TopicSettings } from '../event-log.ts';
import { LogUnavailable, OffsetOutOfRange } from '../event-log.ts';

/**
 * Log for specs and simulations, with Kafka's behaviour. It can be unreachable, and can append
 * without confirming.
 */
export class InMemoryLog implements EventLog {
  private readonly topics = new Map<string, LogRecord[][]>();
  private readonly arrivals = new Set<() => void>();
  private readonly cuts = new Map<string, number>();
  /** While true, the log is unreachable. */
  away = false;
  /** While true, appends take effect but fail, as if the answer were lost. */
  losesAnswers = false;

  partitionsOf(topic: string): Promise<number | undefined> {
    return this.reach(() => this.topics.get(topic)?.length);
  }

  createTopic(topic: string, { partitions }: TopicSettings): Promise<void> {
    return this.reach(() => {
      if (!this.topics.has(topic))
        this.topics.set(
          topic,
          Array.from({ length: partitions }, () => []),
        );
    });
  }

  append(topic: string, partition: number, events: readonly ChainedEvent[]): Promise<number> {
    return this.reach(() => {
      const records = this.partition(topic, partition);
      for (const { event, previousHash } of events) {
        const headers = Object.fromEntries(headersOf(event, previousHash));
        records.push({ offset: records.length, key: event.streamId, headers, value: event.value });
      }
      for (const arrive of this.arrivals) arrive();
      if (this.losesAnswers) throw new LogUnavailable('the answer was lost');
      return records.length;
    });
  }

  async read(topic: string, partition: number, from: number, options: ReadOptions): Promise<readonly LogRecord[]> {
    const found = await this.reach(() => this.partition(topic, partition).slice(from, from + 500));
    if (from < 0 || from > this.partition(topic, partition).length)
      throw new OffsetOutOfRange(`${topic}/${partition}: ${from}`);
    if (found.length > 0 || options.signal?.aborted) return found;
    await this.arrival(options);
    return this.reach(() => this.partition(topic, partition).slice(from, from + 500));
  }

  offsetsOf(topic: string, partition: number): Promise<PartitionEnds> {
    const first = this.cuts.get(`${topic}/${partition}`) ?? 0;
    return this.reach(() => ({ first, next: this.partition(topic, partition).length }));
  }

  async endsOf(topics: readonly string[]): Promise<ReadonlyMap<string, readonly PartitionEnds[]>> {
    await this.reach(() => undefined);
    const ends = topics.map(async (topic) => {
      const lanes = this.topics.get(topic)?.keys() ?? [];
      return [topic, await Promise.all([...lanes].map((lane) => this.offsetsOf(topic, lane)))] as const;
    });
    return new Map((await Promise.all(ends)).filter(([topic]) => this.topics.has(topic)));
  }

  /** All records of a partition, for assertions. */
  records(topic: string, partition: number): readonly LogRecord[] {
    return this.partition(topic, partition);
  }

  /** Appends records as a foreign client would. */
  smuggle(topic: string, partition: number, record: Omit<LogRecord, 'offset'>): void {
    const records = this.partition(topic, partition);
    records.push({ ...record, offset: records.length });
  }

  /**
   * Deletes the first records of a partition, as `kafka-delete-records` would: offsets continue.
   */
  cut(topic: string, partition: number, before: number): void {
    this.cuts.set(`${topic}/${partition}`, before);
  }

  /** Deletes a topic. */
  drop(topic: string): void {
    this.topics.delete(topic);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private partition(topic: string, partition: number): LogRecord[] {
    const found = this.topics.get(topic)?.[partition];
    if (!found) throw new LogUnavailable(`${topic}/${partition} does not exist`);
    return found;
  }

  private async reach<T>(work: () => T): Promise<T> {
    await Promise.resolve();
    if (this.away) throw new LogUnavailable('the log is away');
    return work();
  }

  private arrival({ maxWaitMs, signal }: ReadOptions): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.arrivals.delete(done);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, maxWaitMs);
      this.arrivals.add(done);
      signal?.addEventListener('abort', done);
    });
  }
}
