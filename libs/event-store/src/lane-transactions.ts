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
  /** Maximum number of commands in one transaction. */
  readonly maxBatch: number;
  /** Maximum number of concurrent transactions, beside those of troubled lanes. */
  readonly maxTransactions: number;
  readonly retryDelayMs: number;
  /** True if another process publishes a lane. */
  readonly publishedElsewhere: (lane: number) => boolean;
  /** Called with an outage or another error before a retry. */
  readonly failed: (error: unknown) => void;
}

/** Share of a lane in a transaction. */
interface Part {
  readonly lane: Lane;
  readonly batch: Pending[];
}

/**
 * Takes the waiting commands of all lanes into one transaction, which shares its cost (round trips,
 * the commit, the append) among the lanes. Commands that arrive meanwhile go together into the
 * next: there are no timers, and a single command does not wait.
 *
 * A failed transaction is retried lane by lane, so that one lane's trouble does not affect the
 * others.
 */
export class LaneTransactions {
  /** Lanes with commands and without a transaction, in order of arrival. */
  private readonly ready = new Set<Lane>();
  private readonly busy = new Set<Lane>();
  private running = 0;
  private isScheduled = false;
  private idlers: (() => void)[] = [];

  constructor(private readonly options: LaneTransactionsOptions) {}

  /** Announces that a lane has commands. */
  announce(lane: Lane): void {
    if (this.busy.has(lane)) return;
    this.ready.add(lane);
    this.schedule();
  }

  /** Resolves once no command waits and no transaction runs. */
  idle(): Promise<void> {
    if (this.ready.size + this.busy.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.idlers.push(resolve));
  }

  private schedule(): void {
    if (this.isScheduled || this.running >= this.options.maxTransactions || this.ready.size === 0) return;
    this.isScheduled = true;
    // Commands of the same turn of the event loop go together.
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

  /** Releases a lane from its transaction. */
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

  /**
   * Completes one lane's batch: stored, refused, or abandoned. It waits for outages to end; ids
   * make retries safe.
   */
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

  /** Finds the command that spoils a batch by bisection, so that the others do not fail. */
  private async bisect({ lane, batch }: Part, error: UnwritableBatch | EventsRetired): Promise<void> {
    if (batch.length === 1) return lane.settleCulprit(batch[0]!, error);
    const middle = batch.length >> 1;
    await this.takeAlone({ lane, batch: batch.slice(0, middle) });
    await this.takeAlone({ lane, batch: batch.slice(middle) });
  }

  /**
   * Runs one transaction, complete or without effect.
   * @param mayGrow whether newer commands may join: not during a bisection
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

  /** Brings the lanes' caches up to date under their locks. */
  private async catchUp(parts: readonly Part[], transaction: LaneTransaction, mayGrow: boolean): Promise<void> {
    const isOvertaken = parts.some(({ lane }, at) => lane.isOvertaken(transaction.lanes[at]!));
    const caughtUp = parts.map(({ lane }, at) => lane.catchUp(transaction.lanes[at]!));
    // Another process held the locks meanwhile: commands that arrived in that time join now instead
    // of waiting for a later transaction.
    const more = mayGrow && isOvertaken ? this.fillUp(parts) : [];
    await allOf(more.length > 0 ? [...caughtUp, transaction.findMore(more)] : caughtUp);
  }

  /** Adds newer commands to the parts, up to the limit. */
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

  /** Lanes with new events whose relay is in another process. */
  private publishedElsewhere(parts: readonly Part[], works: readonly BatchWork[]): number[] {
    return parts.flatMap(({ lane }, at) =>
      works[at]!.stored.length > 0 && this.options.publishedElsewhere(lane.index) ? [lane.index] : [],
    );
  }
}

const commandsOf = (lane: Lane, batch: readonly Pending[]): LaneCommands => ({
  lane: lane.index,
  commandIds: batch.map(({ command }) => command.id),
  keys: keysOf(batch),
});

/** Keys that commands name, each once; `undefined` if they name none, as most do. */
function keysOf(batch: readonly Pending[]): readonly string[] | undefined {
  let keys: Set<string> | undefined;
  for (const { command } of batch) for (const key of command.keys ?? []) (keys ??= new Set()).add(key);
  return keys && [...keys];
}

/** Waits for all, even after a failure: nothing may be sent on a connection behind its rollback. */
async function allOf<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(promises);
  return results.map(valueOf);
}
