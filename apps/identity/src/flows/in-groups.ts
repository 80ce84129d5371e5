import { setTimeout as delay } from 'node:timers/promises';
import { Overloaded } from '@tokengrid/event-store';

/** Limits of work in groups. */
interface GroupLimits {
  /** Maximum number of items in a group. */
  readonly most: number;
  /** Maximum number of waiting items; more are refused. */
  readonly mostWaiting: number;
  /** Maximum time that a group keeps the next one waiting. */
  readonly patienceMs: number;
}

/**
 * Work on items of many callers in groups: those that come during a group go into the next one, so
 * that they share statements, transactions and appends. A lone item does not wait.
 */
export class InGroups<Item, Result> {
  private readonly waiting: (() => Promise<unknown>)[] = [];
  private isRunning = false;

  constructor(
    private readonly work: (item: Item) => Promise<Result>,
    private readonly limits: GroupLimits,
  ) {}

  /** Result of the work on an item. @throws Overloaded */
  add(item: Item): Promise<Result> {
    if (this.waiting.length >= this.limits.mostWaiting) throw new Overloaded(this.waiting.length);
    return new Promise((resolve, reject) => {
      this.waiting.push(() => this.work(item).then(resolve, reject));
      if (!this.isRunning) void this.run();
    });
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    // Items of the same turn go together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) {
      const group = this.waiting.splice(0, this.limits.most).map((begin) => begin());
      const patience = new AbortController();
      const late = delay(this.limits.patienceMs, undefined, { signal: patience.signal }).catch(() => undefined);
      await Promise.race([Promise.all(group), late]);
      patience.abort();
    }
    this.isRunning = false;
  }
}
