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
 * Share of a group's time before the next group, and its maximum: callers who were answered come
 * again in that time. Else half of them would always wait for the other half, in groups of half
 * the size.
 */
const restShare = 0.1;
const mostRestMs = 50;

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
      const started = performance.now();
      const group = this.waiting.splice(0, this.limits.most).map((begin) => begin());
      const patience = new AbortController();
      const late = delay(this.limits.patienceMs, undefined, { signal: patience.signal, ref: false }).catch(
        () => undefined,
      );
      await Promise.race([Promise.all(group), late]);
      patience.abort();
      if (group.length > 1) await delay(Math.min(mostRestMs, (performance.now() - started) * restShare));
    }
    this.isRunning = false;
  }
}
