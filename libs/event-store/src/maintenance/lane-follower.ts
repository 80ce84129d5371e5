import { eventId, firstPreviousHash, type StoredEvent } from '@tokengrid/contracts';
import type { LogRecord } from '../event-log.ts';
import { laneEventOf } from '../lane-record.ts';

/** A lane of the log that can't be followed any further: what is wrong, and at which offset. */
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

/** How many hashes are remembered to recognise a repeat that differs: more than any run of repeats is long. */
const rememberedHashes = 16_384;

/** Enough for a person to see what it is about; the number of all is counted. */
const mostDoubts = 5;

/**
 * Follows one lane of the log from its first event: dense sequences, each event naming the hash of the one before, each hash true.
 * Repeats and messages that are no events of the lane are passed over and counted, as every reader does.
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
  /** A record that claims to be the next event, but is not what its hash says. */
  private suspect: { readonly sequence: number; readonly offset: number } | undefined;

  /** Records passed over that a person should know of, a sentence each; the first few. */
  readonly doubts: string[] = [];

  /**
   * @param isStrict for who verifies: a repeat with another hash is a fault wherever it stands. Who only follows does what subscribers do:
   * an event that was passed long since is not looked at again.
   */
  constructor(
    private readonly service: string,
    readonly lane: number,
    private readonly isStrict = false,
  ) {}

  /** The event, if it is the lane's next one. @throws LaneFault for a gap or a fork. */
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
      throw this.fault(record, `${eventId(event)} names another previous hash than the event before it has`);
    this.accept(event);
    return event;
  }

  /** To be asked at the lane's end: a damaged last event shows by nothing that follows it. @throws LaneFault */
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
    return `the hash of ${this.service}/${this.lane}/${sequence} does not fit its content`;
  }

  private fault(record: LogRecord, reason: string): LaneFault {
    return new LaneFault(this.lane, record.offset, reason);
  }
}
