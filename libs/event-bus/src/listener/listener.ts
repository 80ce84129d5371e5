import { setTimeout as passing } from 'node:timers/promises';
import { type Catalogue, type StoredEvent, UnreadableEvent } from '@tokengrid/contracts';
import { laneEventOf, type LogRecord, recordedEvent } from '@tokengrid/event-store';
import type { DomainEvent, Recorded } from '@tokengrid/kernel';
import { DecodedEvents } from '../subscribers/decoded-events.ts';
import { type LaneMark, readLane } from '../subscribers/lane-mark.ts';
import type { SubscriberLimits, SubscriberObserver } from '../subscribers/subscriber-options.ts';
import { PartitionOutOfRange, type Tail, type TailingLog } from '../tailing-log.ts';

/**
 * What a process hears as it happens: wanted events of a topic, in all of its lanes, from now on.
 * Every process hears them, none of them remembers its place: what was said before it listened, or
 * while it was away, it does not hear.
 */
export interface Listening<E extends DomainEvent = DomainEvent> {
  /** Names it in logs. */
  readonly name: string;
  readonly from: Catalogue<E>;
  readonly on: readonly E['type'][];
  /** Hears events of one lane, in order. It must not throw. */
  hear(events: readonly Recorded<E>[]): void;
  /** Called where events may have been missed, with the reason. */
  missed(reason: string): void;
}

export interface ListenerOptions {
  readonly log: TailingLog;
  readonly limits: Pick<SubscriberLimits, 'maxBytes' | 'maxWaitMs' | 'retryDelayMs'>;
  readonly observer: Pick<SubscriberObserver, 'malformed' | 'failed'>;
  readonly decoded?: DecodedEvents;
  /** Interval of looking for a topic that does not exist yet. */
  readonly topicRetryMs: number;
}

/**
 * Pause after news before the next fetch, for each record of the news: a lone one delays nothing,
 * and under load a fetch brings more.
 */
const restMsPerRecord = 0.5;
const maxRestMs = 20;

/** A lane as a listener follows it; without a mark before its first record. */
interface Followed {
  readonly offset: number;
  readonly mark?: LaneMark;
}

/**
 * Follows a topic for a {@link Listening}, by fetches of its own: they do not wait until other
 * readers have had their rest.
 */
export class Listener {
  private readonly ending = new AbortController();
  private readonly lanes = new Map<number, Followed>();
  private readonly wanted: ReadonlySet<string>;
  private readonly decoded: DecodedEvents;
  private tail: Tail | undefined;
  private running: Promise<void> | undefined;

  constructor(
    private readonly listening: Listening,
    private readonly options: ListenerOptions,
  ) {
    this.wanted = new Set(listening.on);
    this.decoded = options.decoded ?? new DecodedEvents();
  }

  /** Resolves once everything that is said from then on is heard. */
  async start(): Promise<void> {
    const isThere = await this.begin();
    this.running = this.run(isThere);
  }

  async close(): Promise<void> {
    this.ending.abort();
    this.tail?.close();
    await this.running;
  }

  /** @returns false if the topic does not exist yet: then it is heard from its start */
  private async begin(): Promise<boolean> {
    const { topic } = this.listening.from;
    for (;;) {
      try {
        const ends = (await this.options.log.endsOf([topic])).get(topic);
        ends?.forEach(({ next }, lane) => this.lanes.set(lane, { offset: next }));
        return ends !== undefined;
      } catch (error) {
        this.options.observer.failed?.(this.listening.name, error);
        await this.passing(this.options.limits.retryDelayMs);
        if (this.ending.signal.aborted) return false;
      }
    }
  }

  private async run(isThere: boolean): Promise<void> {
    const { log, limits, observer } = this.options;
    if (!isThere) await this.untilThere();
    this.tail = log.tail(this.listening.from.topic);
    while (!this.ending.signal.aborted) {
      try {
        const positions = new Map([...this.lanes].map(([lane, { offset }]) => [lane, offset]));
        const { maxBytes, maxWaitMs } = limits;
        const found = await this.tail.next(positions, { maxBytes, maxWaitMs, signal: this.ending.signal });
        let records = 0;
        for (const [lane, ofLane] of found) {
          records += ofLane.length;
          this.take(lane, ofLane);
        }
        if (records > 1) await this.passing(Math.min(records * restMsPerRecord, maxRestMs));
      } catch (error) {
        if (this.ending.signal.aborted) break;
        if (error instanceof PartitionOutOfRange) this.beginAgain(error.partition);
        else observer.failed?.(this.listening.name, error);
        await this.passing(limits.retryDelayMs);
      }
    }
    this.tail.close();
  }

  private async untilThere(): Promise<void> {
    const { log, topicRetryMs, observer } = this.options;
    while (!this.ending.signal.aborted) {
      await this.passing(topicRetryMs);
      try {
        const lanes = await log.partitionsOf(this.listening.from.topic);
        for (let lane = 0; lane < (lanes ?? 0); lane++) this.lanes.set(lane, { offset: 0 });
        if (lanes !== undefined) return;
      } catch (error) {
        observer.failed?.(this.listening.name, error);
      }
    }
  }

  /** Reads a lane of a topic that was made anew from its start: sequences tell what was heard. */
  private beginAgain(lane: number): void {
    const { mark } = this.lanes.get(lane)!;
    this.lanes.set(lane, { offset: 0, ...(mark && { mark }) });
    if (!mark) this.listening.missed(`lane ${lane} of ${this.listening.from.topic} was made anew`);
  }

  private take(lane: number, records: readonly LogRecord[]): void {
    const { service } = this.listening.from;
    let left = records;
    let mark = this.lanes.get(lane)!.mark;
    while (left.length > 0) {
      mark ??= markBefore(service, lane, left);
      if (!mark) break;
      const read = readLane(service, lane, mark, left);
      for (const { offset, reason } of read.malformed) {
        this.options.observer.malformed?.(this.listening.name, lane, offset, reason);
      }
      this.hear(read.next.map(({ event }) => event));
      mark = read.mark;
      if (!read.broken) break;
      this.listening.missed(read.broken.reason);
      // It goes on from the event that does not follow.
      left = left.filter(({ offset }) => offset >= read.mark.offset);
      mark = undefined;
    }
    this.lanes.set(lane, { offset: records.at(-1)!.offset + 1, ...(mark && { mark }) });
  }

  private hear(events: readonly StoredEvent[]): void {
    const heard: Recorded<DomainEvent>[] = [];
    for (const event of events) {
      if (!this.wanted.has(event.type)) continue;
      try {
        heard.push(recordedEvent(event, this.decoded.read(this.listening.from, event)));
      } catch (error) {
        if (!(error instanceof UnreadableEvent)) throw error;
        this.listening.missed(`${event.type} of ${event.streamId} can't be read: ${error.message}`);
      }
    }
    if (heard.length > 0) this.listening.hear(heard);
  }

  private passing(ms: number): Promise<void> {
    return passing(ms, undefined, { signal: this.ending.signal }).catch(() => undefined);
  }
}

/** The place before the first event among records: what came earlier is not heard. */
function markBefore(service: string, lane: number, records: readonly LogRecord[]): LaneMark | undefined {
  for (const record of records) {
    const read = laneEventOf(service, lane, record);
    if ('reason' in read) continue;
    return { sequence: read.event.sequence - 1, hash: read.previousHash, offset: record.offset };
  }
  return undefined;
}
