import type { ChainedEvent, EventLog, PartitionEnds } from './event-log.ts';
import { compareLane, contradictionIn, type LaneTrouble, lostSince } from './lane-end.ts';
import type { Lease, LeaseKeeper } from './leases.ts';
import { PublicationWaiters } from './publication-waiters.ts';
import type { LaneStorage, PublishedMark } from './storage.ts';

export interface RelayOptions {
  readonly lane: number;
  readonly topic: string;
  readonly storage: LaneStorage;
  readonly log: EventLog;
  readonly leases: Pick<LeaseKeeper, 'want' | 'lease'>;
  /** Most events in one append. */
  readonly maxBatch: number;
  /** Most events kept in memory between commit and append; what is beyond is read from storage again. */
  readonly maxHeld: number;
  readonly markEveryMs: number;
  /** How often a lane whose log does not fit its database is looked at again. */
  readonly compareEveryMs: number;
  readonly retryDelayMs: number;
  /** A reason for the lane to take no commands or publish nothing; `undefined` once it is gone. */
  readonly trouble: (trouble: LaneTrouble | undefined) => void;
  readonly failed: (error: unknown) => void;
  readonly appended: (events: number, milliseconds: number) => void;
}

/**
 * Publishes one lane's stored events in sequence, while it holds the lane's lease. One append at a time: the next one starts only
 * after this one was acknowledged, so the topic has no gaps and no reordering, whatever fails. A relay that lost its lease without
 * noticing can only repeat what another one publishes too, and readers drop repeats.
 */
export class Relay {
  private readonly held: ChainedEvent[] = [];
  private readonly waiters = new PublicationWaiters();
  /** Under a lease: what is published. Else: what we have heard of. */
  private published = 0;
  private lease: Lease | undefined;
  private pumping: Promise<void> | undefined;
  private moreStored = false;
  private marked: PublishedMark | undefined;
  private markTimer: NodeJS.Timeout | undefined;
  private lastMark: PublishedMark | undefined;
  /** The offset that the next append begins at, unless somebody else writes to the partition. */
  private nextOffset = 0;
  /** Whether the log was found to fit the database since the lease was taken. */
  private ready = false;
  private compareTimer: NodeJS.Timeout | undefined;
  /** Offset of the first record in the log, as far as was looked. */
  private firstOffset = 0;
  private closed = false;

  constructor(private readonly options: RelayOptions) {
    options.leases.want(`relay/${options.lane}`, {
      acquired: (lease) => this.takeOver(lease),
      lost: () => this.letGo(),
    });
  }

  /** Whether this process publishes the lane at this moment. */
  get isHolder(): boolean {
    return (
      this.lease !== undefined && this.options.leases.lease(`relay/${this.options.lane}`)?.epoch === this.lease.epoch
    );
  }

  /** The offset that the log is known to have come to, while this process publishes the lane and nothing is under way. */
  get knownOffset(): number | undefined {
    return this.isHolder && this.ready && !this.pumping ? this.nextOffset : undefined;
  }

  /** Whether it looks again and again at a lane whose log does not fit its database. */
  get comparesItself(): boolean {
    return this.isHolder && !this.ready;
  }

  /**
   * Takes where the log begins and ends, from a look that began when {@link knownOffset} was `known`: it may be cut off, or made anew, while
   * nothing is appended. What is missing is then found by a comparison.
   */
  see({ first, next }: PartitionEnds, known: number | undefined): void {
    if (known === undefined || !this.isHolder) return;
    const isEmptied = first === next && this.published > 0;
    this.firstOffset = isEmptied ? 0 : first;
    if ((next >= known && !isEmptied) || !this.ready || this.pumping) return;
    this.ready = false;
    this.pump();
  }

  /** Whose first events are gone from the log, while the last ones are there: a reader that begins anew can't. */
  get lacksBeginning(): boolean {
    return this.isHolder && this.firstOffset > 0;
  }

  get publishedSequence(): number {
    return this.published;
  }

  /** Takes events that were just committed by this process, so that they need not be read again. */
  offer(events: readonly ChainedEvent[]): void {
    if (!this.isHolder) return;
    const expected = (this.held.at(-1)?.event.sequence ?? this.published) + 1;
    const contiguous =
      events[0]?.event.sequence === expected && this.held.length + events.length <= this.options.maxHeld;
    if (contiguous) for (const event of events) this.held.push(event);
    else this.moreStored = true;
    this.pump();
  }

  /** Another process stored events of the lane. */
  stored(): void {
    if (!this.isHolder) return;
    this.moreStored = true;
    this.pump();
  }

  /** Another process published events of the lane up to a sequence. */
  heard(sequence: number): void {
    if (sequence > this.published && !this.isHolder) this.advance(sequence);
  }

  /** True once the log has the lane's events up to a sequence; false after `timeoutMs`, if one is given. */
  until(sequence: number, timeoutMs?: number): Promise<boolean> {
    return sequence <= this.published ? Promise.resolve(true) : this.waiters.wait(sequence, timeoutMs);
  }

  /** Whether somebody waits for events that this process does not publish itself. */
  get waitsForOthers(): boolean {
    return this.waiters.size > 0 && !this.isHolder;
  }

  private takeOver(lease: Lease): void {
    this.lease = lease;
    this.ready = false;
    this.held.length = 0;
    this.moreStored = true;
    this.pump();
  }

  private letGo(): void {
    this.lease = undefined;
    this.ready = false;
    this.held.length = 0;
    this.stopComparing();
  }

  private stopComparing(): void {
    clearTimeout(this.compareTimer);
    this.compareTimer = undefined;
  }

  private pump(): void {
    if (this.pumping || this.closed) return;
    this.pumping = this.publishAll().finally(() => {
      this.pumping = undefined;
      if (this.isHolder && this.hasWork) this.pump();
    });
  }

  /** Whether there is anything to do at once; a log that does not fit is looked at again later. */
  private get hasWork(): boolean {
    if (!this.ready) return this.compareTimer === undefined;
    return this.moreStored || this.held.length > 0;
  }

  /** Publishes until there is nothing left, or the log does not fit. Outages are waited out, as long as the lease is ours. */
  private async publishAll(): Promise<void> {
    while (this.lease && this.isHolder && !this.closed) {
      try {
        if (this.ready) {
          if (!(await this.publishNext(this.lease))) return;
        } else {
          await this.compare(this.lease);
          // Else the lease may have gone and come back meanwhile: then the log is compared again, under the new one.
          if (this.compareTimer) return;
        }
      } catch (error) {
        this.options.failed(error);
        // What of it arrived is not known, and the topic may be another one now: compared before anything else is sent.
        this.ready = false;
        this.moreStored = true;
        await new Promise((resolve) => setTimeout(resolve, this.options.retryDelayMs));
      }
    }
  }

  /** One append; false when there is nothing to append. */
  private async publishNext(lease: Lease): Promise<boolean> {
    if (this.held[0]?.event.sequence === this.published + 1) return this.publishHeld();
    return this.moreStored && this.publishStored(lease);
  }

  private async publishHeld(): Promise<boolean> {
    const batch = wholeCommands(this.held.slice(0, this.options.maxBatch), this.held.length > this.options.maxBatch);
    if (!(await this.append(batch))) return true;
    // A lost and regained lease has emptied it meanwhile.
    if (this.held[0] === batch[0]) this.held.splice(0, batch.length);
    return true;
  }

  private async publishStored(lease: Lease): Promise<boolean> {
    this.moreStored = false;
    const { storage, lane, maxBatch } = this.options;
    const stored = await storage.eventsAfter(lane, this.published, maxBatch);
    const batch = wholeCommands(stored, stored.length === maxBatch);
    if (batch.length === 0) return this.held.length > 0;
    // More may be stored than one batch; asking once too often costs one small query.
    this.moreStored = true;
    if (!(await this.append(batch))) return true;
    this.dropPublished();
    await this.mark(lease, true);
    return true;
  }

  /** False when somebody else had written to the partition what readers would take for an event of ours. */
  private async append(batch: readonly ChainedEvent[]): Promise<boolean> {
    const { log, topic, lane, storage } = this.options;
    const started = performance.now();
    const offset = await log.append(topic, lane, batch);
    this.options.appended(batch.length, performance.now() - started);
    if (offset !== this.nextOffset + batch.length) {
      const range = { from: this.nextOffset, next: offset };
      if (await contradictionIn(log, topic, lane, range, this.published, storage)) {
        // Compared again from the mark, it says what is wrong.
        this.ready = false;
        return false;
      }
    }
    this.nextOffset = offset;
    const { sequence, hash } = batch.at(-1)!.event;
    this.marked = { sequence, hash, offset };
    this.advance(sequence);
    this.markTimer ??= setTimeout(() => {
      this.markTimer = undefined;
      if (this.lease) void this.mark(this.lease, false).catch(this.options.failed);
    }, this.options.markEveryMs);
    return true;
  }

  private advance(sequence: number): void {
    this.published = sequence;
    this.waiters.published(sequence);
  }

  private dropPublished(): void {
    while (this.held[0] && this.held[0].event.sequence <= this.published) this.held.shift();
  }

  private async mark(lease: Lease, tellOthers: boolean): Promise<void> {
    const mark = this.marked;
    if (!mark || mark === this.lastMark) return;
    const mine = await this.options.storage.movePublishedMark(this.options.lane, lease.epoch, mark, tellOthers);
    if (mine) this.lastMark = mark;
    else if (this.lease === lease) this.letGo();
  }

  /** Compares the log's end with what is stored, before anything is published under a new lease. */
  private async compare(lease: Lease): Promise<void> {
    const { storage, lane, topic, log, trouble } = this.options;
    const compared = await compareLane(log, topic, storage, lane);
    const { end, next } = compared;
    const found = compared.trouble ?? lostSince(this.published, end);
    trouble(found);
    if (this.lease !== lease) return;
    if (found) {
      this.compareLater();
      return;
    }
    await storage.movePublishedMark(lane, lease.epoch, end, true);
    this.marked = this.lastMark = end;
    this.nextOffset = next;
    this.advance(end.sequence);
    this.dropPublished();
    this.ready = true;
  }

  /** A person is at work on it (restore, republish): look again until it is gone. */
  private compareLater(): void {
    this.compareTimer = setTimeout(() => {
      this.compareTimer = undefined;
      this.pump();
    }, this.options.compareEveryMs);
  }

  /** Publishes what is left, as far as the log answers, and marks it. */
  async close(waitMs: number): Promise<void> {
    const deadline = performance.now() + waitMs;
    const drained = async () => {
      while (this.pumping) await this.pumping;
    };
    await Promise.race([
      drained(),
      new Promise((resolve) => setTimeout(resolve, Math.max(0, deadline - performance.now())).unref()),
    ]);
    this.closed = true;
    clearTimeout(this.markTimer);
    this.stopComparing();
    if (this.lease) await this.mark(this.lease, true).catch(this.options.failed);
  }
}

/**
 * What is sent in one append ends with a command's last event, so that a topic that is cut off between two appends holds no half of a
 * command. `cut`: more events follow. A command that fills a batch by itself goes as it is.
 */
function wholeCommands(events: readonly ChainedEvent[], cut: boolean): readonly ChainedEvent[] {
  const last = events.at(-1)?.event.commandId;
  if (!cut || last === undefined) return events;
  let end = events.length;
  while (end > 0 && events[end - 1]!.event.commandId === last) end -= 1;
  return end === 0 ? events : events.slice(0, end);
}
