import type { BatchWork } from './batch-work.ts';
import { EventsRetired, StoreUnavailable } from './command.ts';
import type { Lane } from './lane.ts';
import type { Pending } from './lane-options.ts';
import { valueOf } from './settled.ts';
import {
  type LaneBatch,
  type LaneCommands,
  type LaneStorage,
  type LaneTransaction,
  UnwritableBatch,
} from './storage.ts';

export interface LaneTransactionsOptions {
  readonly storage: LaneStorage;
  /** Most commands in one transaction. */
  readonly maxBatch: number;
  /** Most transactions at once, beside those of lanes that are in trouble. */
  readonly maxTransactions: number;
  readonly retryDelayMs: number;
  /** Whether another process publishes a lane. */
  readonly publishedElsewhere: (lane: number) => boolean;
  /** Told of an outage or another error that will be tried again. */
  readonly failed: (error: unknown) => void;
}

/** A lane's part in a transaction. */
interface Part {
  readonly lane: Lane;
  readonly batch: Pending[];
}

/**
 * Takes the commands of all lanes that have some into one transaction: what a transaction costs (round trips, the commit, the append that
 * follows) is shared by all of them, not by those of one lane. Commands that arrive meanwhile are taken together by the next one: no
 * timers, and one alone does not wait. What fails is tried again lane by lane, so that the trouble of one lane is its own.
 */
export class LaneTransactions {
  /** Lanes that have commands and are in no transaction, in the order in which they came. */
  private readonly ready = new Set<Lane>();
  private readonly busy = new Set<Lane>();
  private running = 0;
  private isScheduled = false;
  private idlers: (() => void)[] = [];

  constructor(private readonly options: LaneTransactionsOptions) {}

  /** A lane has commands. */
  announce(lane: Lane): void {
    if (this.busy.has(lane)) return;
    this.ready.add(lane);
    this.schedule();
  }

  /** Resolves when nothing waits and nothing is under way. */
  idle(): Promise<void> {
    if (this.ready.size + this.busy.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.idlers.push(resolve));
  }

  private schedule(): void {
    if (this.isScheduled || this.running >= this.options.maxTransactions || this.ready.size === 0) return;
    this.isScheduled = true;
    // All that came in the same turn of the loop goes together.
    setImmediate(() => {
      this.isScheduled = false;
      this.begin();
    });
  }

  private begin(): void {
    const parts = this.cut();
    if (parts.length > 0) {
      this.running += 1;
      void this.take(parts);
    }
    this.schedule();
  }

  private cut(): Part[] {
    const parts: Part[] = [];
    let room = this.options.maxBatch;
    for (const lane of this.ready) {
      if (room <= 0) break;
      this.ready.delete(lane);
      const batch = lane.cut(room);
      room -= batch.length;
      this.busy.add(lane);
      if (batch.length > 0) parts.push({ lane, batch });
      else this.release(lane);
    }
    return parts;
  }

  /** The lane is in no transaction any more. */
  private release(lane: Lane): void {
    this.busy.delete(lane);
    if (lane.waiting > 0) this.announce(lane);
    if (this.ready.size + this.busy.size > 0) return;
    const { idlers } = this;
    this.idlers = [];
    for (const resolve of idlers) resolve();
  }

  private async take(parts: readonly Part[]): Promise<void> {
    try {
      await this.transact(parts, true);
      for (const { lane } of parts) this.release(lane);
    } catch (error) {
      if (!(error instanceof UnwritableBatch || error instanceof EventsRetired)) this.options.failed(error);
      for (const part of parts) void this.takeAlone(part).then(() => this.release(part.lane));
    }
    this.running -= 1;
    this.schedule();
  }

  /** Takes one lane's batch to its end: stored, refused, or abandoned. Outages are waited out; ids make trying again safe. */
  private async takeAlone({ lane, batch }: Part): Promise<void> {
    let remaining = batch;
    while (remaining.length > 0) {
      try {
        await this.transact([{ lane, batch: remaining }], false);
        return;
      } catch (error) {
        if (error instanceof UnwritableBatch || error instanceof EventsRetired)
          return this.bisect({ lane, batch: remaining }, error);
        this.options.failed(error);
        await new Promise((resolve) => setTimeout(resolve, this.options.retryDelayMs));
        remaining = remaining.filter((pending) => !pending.abandoned);
        if (lane.stoppedBecause !== undefined) {
          for (const pending of remaining)
            pending.fail(new StoreUnavailable('the lane stopped before this was stored'));
          return;
        }
      }
    }
  }

  /** Finds the command that spoils a batch by halves, so that the others do not suffer from it. */
  private async bisect({ lane, batch }: Part, error: UnwritableBatch | EventsRetired): Promise<void> {
    if (batch.length === 1) return lane.settleCulprit(batch[0]!, error);
    const middle = batch.length >> 1;
    await this.takeAlone({ lane, batch: batch.slice(0, middle) });
    await this.takeAlone({ lane, batch: batch.slice(middle) });
  }

  /**
   * One transaction, whole or without effect.
   * @param mayGrow whether commands that came since may go along: not where a culprit is looked for among those that are there
   */
  private async transact(parts: readonly Part[], mayGrow: boolean): Promise<void> {
    const started = performance.now();
    let works: readonly BatchWork[];
    try {
      works = await this.store(parts, mayGrow);
    } catch (error) {
      for (const { lane } of parts) lane.forgetHead();
      throw error;
    }
    const milliseconds = performance.now() - started;
    works.forEach((work, at) => parts[at]!.lane.finish(work, parts[at]!.batch.length, milliseconds));
  }

  private async store(parts: readonly Part[], mayGrow: boolean): Promise<readonly BatchWork[]> {
    const transaction = await this.options.storage.begin(parts.map(({ lane, batch }) => commandsOf(lane, batch)));
    let works: readonly BatchWork[];
    let batches: readonly LaneBatch[];
    try {
      await this.catchUp(parts, transaction, mayGrow);
      works = await allOf(parts.map(({ lane, batch }, at) => lane.decide(transaction.lanes[at]!, batch)));
      batches = works.filter((work) => work.stored.length > 0).map((work) => work.batch());
    } catch (error) {
      await transaction.rollback();
      throw error;
    }
    if (batches.length === 0) await transaction.rollback();
    else await transaction.commit(batches, this.publishedElsewhere(parts, works));
    return works;
  }

  /** Brings the lanes to where they stand now that their locks are there. */
  private async catchUp(parts: readonly Part[], transaction: LaneTransaction, mayGrow: boolean): Promise<void> {
    const isOvertaken = parts.some(({ lane }, at) => lane.isOvertaken(transaction.lanes[at]!));
    const caughtUp = parts.map(({ lane }, at) => lane.catchUp(transaction.lanes[at]!));
    // Another process had the locks meanwhile: what came in that time goes along, instead of waiting for its turn after the next.
    const more = mayGrow && isOvertaken ? this.fillUp(parts) : [];
    await allOf(more.length > 0 ? [...caughtUp, transaction.findMore(more)] : caughtUp);
  }

  /** Takes what came since into the parts, up to the bound. */
  private fillUp(parts: readonly Part[]): LaneCommands[] {
    let room = this.options.maxBatch - parts.reduce((sum, { batch }) => sum + batch.length, 0);
    const more: LaneCommands[] = [];
    for (const { lane, batch } of parts) {
      if (room <= 0) break;
      const came = lane.cut(room);
      room -= came.length;
      for (const pending of came) batch.push(pending);
      if (came.length > 0) more.push(commandsOf(lane, came));
    }
    return more;
  }

  /** Lanes with new events whose relay is not here. */
  private publishedElsewhere(parts: readonly Part[], works: readonly BatchWork[]): number[] {
    return parts.flatMap(({ lane }, at) =>
      works[at]!.stored.length > 0 && this.options.publishedElsewhere(lane.index) ? [lane.index] : [],
    );
  }
}

const commandsOf = (lane: Lane, batch: readonly Pending[]): LaneCommands => ({
  lane: lane.index,
  commandIds: batch.map(({ command }) => command.id),
});

/** Waits for all, whatever fails: nothing may be sent on a connection behind its rollback. */
async function allOf<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(promises);
  return results.map(valueOf);
}
