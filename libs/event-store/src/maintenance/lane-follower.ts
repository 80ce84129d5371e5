import { eventId, firstPreviousHash, type StoredEvent } from '@tokengrid/contracts';
import type { LogRecord } from '../event-log.ts';
import { laneEventOf } from '../lane-record.ts';

/** A lane of the log that can't be followed any further, with the fault and its offset. */
export class LaneFault extends Error {
  override readonly name = 'LaneFault';
  constructor(
    readonly lane: number,
    readonly offset: number,
    readonly reason: string,
  ) {
    super(`lane ${lane}, offset ${offset}: ${reason}`);
  }
}

/**
 * Number of hashes kept to detect a repeat with another hash: more than the longest run of repeats.
 */
const rememberedHashes = 16_384;

/** Maximum number of doubts listed; all are counted. */
const mostDoubts = 5;

/**
 * Follows one lane of the log from its first event: dense sequences, chained and correct hashes.
 * Repeats and records that are not events of the lane are skipped and counted.
 */
export class LaneFollower {
  sequence = 0;
  hash = firstPreviousHash;
  /** Offset of the next record. */
  offset = 0;
  events = 0;
  repeats = 0;
  garbage = 0;
  private readonly hashes = new Map<number, string>();
  /** A record that claims to be the next event, but whose hash does not match. */
  private suspect: { readonly sequence: number; readonly offset: number } | undefined;

  /** Skipped records that a person should know of, a sentence each; the first few. */
  readonly doubts: string[] = [];

  /**
   * @param isStrict for verification: a repeat with another hash is a fault anywhere. Otherwise it
   * behaves like a subscriber, which does not check old events again.
   */
  constructor(
    private readonly service: string,
    readonly lane: number,
    private readonly isStrict = false,
  ) {}

  /** The event, if it is the lane's next one. @throws LaneFault for a gap or a fork */
  follow(record: LogRecord): StoredEvent | undefined {
    const read = laneEventOf(this.service, this.lane, record);
    this.offset = record.offset + 1;
    if (!('event' in read)) {
      if (read.claims === this.sequence + 1) this.suspect = { sequence: read.claims, offset: record.offset };
      this.garbage += 1;
      this.doubt(record, read.reason);
      return undefined;
    }
    const { event, previousHash } = read;
    if (event.sequence <= this.sequence) {
      const known = this.hashes.get(event.sequence);
      if (known !== undefined && known !== event.hash) this.contradict(record, event);
      else this.repeats += 1;
      return undefined;
    }
    if (event.sequence > this.sequence + 1) throw this.fault(record, this.gapBefore(event));
    if (previousHash !== this.hash)
      throw this.fault(record, `${eventId(event)} has another previous hash than the hash of the event before it`);
    this.accept(event);
    return event;
  }

  /** Checks the lane's end: no later event reveals a damaged last one. @throws LaneFault */
  finish(): void {
    if (this.suspect?.sequence !== this.sequence + 1) return;
    throw new LaneFault(this.lane, this.suspect.offset, this.damaged(this.suspect.sequence));
  }

  private contradict(record: LogRecord, event: StoredEvent): void {
    const reason = `${eventId(event)} came again with another hash: the history has forked`;
    if (this.isStrict || event.sequence === this.sequence) throw this.fault(record, reason);
    this.garbage += 1;
    this.doubt(record, reason);
  }

  private doubt({ offset }: LogRecord, reason: string): void {
    if (this.doubts.length < mostDoubts) this.doubts.push(`lane ${this.lane}, offset ${offset}: ${reason}`);
  }

  private accept({ sequence, hash }: StoredEvent): void {
    this.sequence = sequence;
    this.hash = hash;
    this.events += 1;
    this.hashes.set(sequence, hash);
    this.hashes.delete(sequence - rememberedHashes);
  }

  private gapBefore(event: StoredEvent): string {
    const missing = this.sequence + 1;
    if (this.suspect?.sequence === missing) return `${this.damaged(missing)} (at offset ${this.suspect.offset})`;
    const last = event.sequence - 1;
    return `sequence ${missing === last ? missing : `${missing} to ${last}`} is missing before ${eventId(event)}`;
  }

  private damaged(sequence: number): string {
    return `the hash of ${this.service}/${this.lane}/${sequence} does not match its content`;
  }

  private fault(record: LogRecord, reason: string): LaneFault {
    return new LaneFault(this.lane, record.offset, reason);
  }
}
