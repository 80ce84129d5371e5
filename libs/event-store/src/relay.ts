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
  /** Maximum number of events in one append. */
  readonly maxBatch: number;
  /**
   * Maximum number of events held in memory between commit and append; later ones are read from
   * storage.
   */
  readonly maxHeld: number;
  readonly markEveryMs: number;
  /** Interval of checking a lane whose log does not match its database. */
  readonly compareEveryMs: number;
  readonly retryDelayMs: number;
  /** Called with a reason to accept no commands or publish nothing; `undefined` once it is gone. */
  readonly trouble: (trouble: LaneTrouble | undefined) => void;
  readonly failed: (error: unknown) => void;
  readonly appended: (events: number, milliseconds: number) => void;
}

/**
 * Publishes one lane's stored events in sequence, while it holds the lane's lease. The next append
 * starts only after the last one was acknowledged, so the topic has no gaps and no reordering,
 * whatever fails. A relay that lost its lease without noticing can only repeat events, and readers
 * drop repeats.
 */
export class Relay {
  private readonly held: ChainedEvent[] = [];
  private readonly waiters = new PublicationWaiters();
  /** Last published sequence: certain under a lease, else from notices. */
  private published = 0;
  private lease: Lease | undefined;
  private pumping: Promise<void> | undefined;
  private moreStored = false;
  /** Last sequence that was read from storage and is being appended. */
  private readUpTo = 0;
  /** True if another process may wait to hear how far the lane is published. */
  private isAsked = false;
  private marked: PublishedMark | undefined;
  private markTimer: NodeJS.Timeout | undefined;
  private lastMark: PublishedMark | undefined;
  /** Expected offset of the next append, unless a foreign client writes. */
  private nextOffset = 0;
  /** True if the log has been compared with the database under the current lease. */
  private ready = false;
  private compareTimer: NodeJS.Timeout | undefined;
  /** First offset of the partition, at the last look. */
  private firstOffset = 0;
  private closed = false;
  private readonly leaseName: string;

  constructor(private readonly options: RelayOptions) {
    this.leaseName = `relay/${options.lane}`;
    options.leases.want(this.leaseName, {
      acquired: (lease) => this.takeOver(lease),
      lost: () => this.letGo(),
      idle: async () => this.pumping,
    });
  }

  /** True if this process publishes the lane now. */
  get isHolder(): boolean {
    return this.lease !== undefined && this.options.leases.lease(this.leaseName)?.epoch === this.lease.epoch;
  }

  /**
   * Known next offset of the log, while this process publishes the lane and no append is running.
   */
  get knownOffset(): number | undefined {
    return this.isHolder && this.ready && !this.pumping ? this.nextOffset : undefined;
  }

  /** True if it keeps comparing a lane whose log does not match its database. */
  get comparesItself(): boolean {
    return this.isHolder && !this.ready;
  }

  /**
   * Takes the partition's ends, from a look that began at {@link knownOffset} `known`: it may be
   * truncated or recreated while nothing is appended. A comparison then finds what is missing.
   */
  see({ first, next }: PartitionEnds, known: number | undefined): void {
    if (known === undefined || !this.isHolder) return;
    const isEmptied = first === next && this.published > 0;
    this.firstOffset = isEmptied ? 0 : first;
    if ((next >= known && !isEmptied) || !this.ready || this.pumping) return;
    this.ready = false;
    this.pump();
  }

  /**
   * True if the log has lost its first events but not the last ones: a new reader could not start.
   */
  get lacksBeginning(): boolean {
    return this.isHolder && this.firstOffset > 0;
  }

  get publishedSequence(): number {
    return this.published;
  }

  /** Takes events just committed by this process, so that they need not be read again. */
  offer(events: readonly ChainedEvent[]): void {
    if (!this.isHolder) return;
    // Behind what is being appended, too: else a busy relay that has once read from storage would
    // do so until a pause.
    const expected = (this.held.at(-1)?.event.sequence ?? Math.max(this.published, this.readUpTo)) + 1;
    const contiguous =
      events[0]?.event.sequence === expected && this.held.length + events.length <= this.options.maxHeld;
    if (contiguous) for (const event of events) this.held.push(event);
    else this.moreStored = true;
    this.pump();
  }

  /** Notes that another process stored events of the lane, or asks how far it is published. */
  stored(): void {
    if (!this.isHolder) return;
    this.moreStored = this.isAsked = true;
    this.pump();
  }

  /** Notes that another process published events of the lane up to a sequence. */
  heard(sequence: number): void {
    if (sequence > this.published && !this.isHolder) this.advance(sequence);
  }

  /**
   * True once the log has the lane's events up to a sequence; false after `timeoutMs`, if given.
   */
  until(sequence: number, timeoutMs?: number): Promise<boolean> {
    return sequence <= this.published ? Promise.resolve(true) : this.waiters.wait(sequence, timeoutMs);
  }

  /** True if a caller waits for events that another process publishes. */
  get waitsForOthers(): boolean {
    return this.waiters.size > 0 && !this.isHolder;
  }

  private takeOver(lease: Lease): void {
    this.lease = lease;
    this.ready = false;
    this.held.length = this.readUpTo = 0;
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

  /** True if there is work now; a log that does not match is checked again later. */
  private get hasWork(): boolean {
    if (!this.ready) return this.compareTimer === undefined;
    return this.moreStored || this.held.length > 0;
  }

  /**
   * Publishes until nothing is left, or the log does not match. It waits for outages to end, as
   * long as it holds the lease.
   */
  private async publishAll(): Promise<void> {
    while (this.lease && this.isHolder && !this.closed) {
      try {
        if (this.ready) {
          if (!(await this.publishNext(this.lease))) return;
        } else {
          await this.compare(this.lease);
          // Otherwise the lease may have gone and come back: the log is compared again under the
          // new one.
          if (this.compareTimer) return;
        }
      } catch (error) {
        this.options.failed(error);
        // The effect of the append is unknown, and the topic may be another one now: compared
        // before the next append.
        this.ready = false;
        this.moreStored = true;
        await new Promise((resolve) => setTimeout(resolve, this.options.retryDelayMs));
      }
    }
  }

  /** One append; false without events to append. */
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
    const wasAsked = this.isAsked;
    this.moreStored = this.isAsked = false;
    const { storage, lane, maxBatch } = this.options;
    const stored = await storage.eventsAfter(lane, this.published, maxBatch);
    // Lost meanwhile, or regained: they are published by another process, or compared with the log.
    if (this.lease !== lease || !this.isHolder) return false;
    const batch = wholeCommands(stored, stored.length === maxBatch);
    if (batch.length === 0) {
      if (wasAsked) await this.mark(lease, true);
      return this.held.length > 0;
    }
    // More than one batch may be stored; one needless query is cheap.
    this.moreStored = true;
    this.readUpTo = batch.at(-1)!.event.sequence;
    if (!(await this.append(batch))) return true;
    this.dropPublished();
    await this.mark(lease, true);
    return true;
  }

  /**
   * Appends; false if a foreign client had written records that readers would take for our events.
   */
  private async append(batch: readonly ChainedEvent[]): Promise<boolean> {
    const { log, topic, lane, storage } = this.options;
    const started = performance.now();
    const offset = await log.append(topic, lane, batch);
    this.options.appended(batch.length, performance.now() - started);
    if (offset !== this.nextOffset + batch.length) {
      const range = { from: this.nextOffset, next: offset };
      if (await contradictionIn(log, topic, lane, range, this.published, storage)) {
        // A new comparison from the mark names the fault.
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
    if (!mark || (mark === this.lastMark && !tellOthers)) return;
    const mine = await this.options.storage.movePublishedMark(this.options.lane, lease.epoch, mark, tellOthers);
    if (mine) this.lastMark = mark;
    else if (this.lease === lease) this.letGo();
  }

  /**
   * Compares the log's end with the stored events, before anything is published under a new lease.
   */
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

  /** Compares again later, until a person has repaired the lane (restore, republish). */
  private compareLater(): void {
    this.compareTimer = setTimeout(() => {
      this.compareTimer = undefined;
      this.pump();
    }, this.options.compareEveryMs);
  }

  /** Publishes the rest, as far as the log answers, and marks it. */
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
 * Events of one append, cut at the end of a command, so that a topic truncated between two appends
 * holds no half command. `cut`: more events follow. A command larger than a batch is not split.
 */
function wholeCommands(events: readonly ChainedEvent[], cut: boolean): readonly ChainedEvent[] {
  const last = events.at(-1)?.event.commandId;
  if (!cut || last === undefined) return events;
  let end = events.length;
  while (end > 0 && events[end - 1]!.event.commandId === last) end -= 1;
  return end === 0 ? events : events.slice(0, end);
}
