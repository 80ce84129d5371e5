import { Violation } from '@tokengrid/simulation-kit';

interface Timer {
  readonly at: number;
  /** Timers of one time fire in this order. */
  readonly order: number;
  readonly every: number | undefined;
  readonly call: () => void;
}

/** Functions of the host that are replaced under virtual time. */
const names = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate'] as const;

/**
 * Runs a program in virtual time: its timers fire in order as soon as nothing else is left to do,
 * and the monotonic clock follows them. A history then depends on its seed alone, not on the
 * machine's speed, and waiting costs nothing.
 *
 * The code under test reads the host's clocks, so these are replaced while the program runs.
 */
export class VirtualTime {
  private now = 0;
  private orders = 0;
  private readonly timers = new Map<number, Timer>();
  private readonly host = { setImmediate, ...Object.fromEntries(names.map((name) => [name, globalThis[name]])) };

  /** @returns the program's result at its end; remaining timers are dropped */
  async run<T>(program: () => Promise<T>): Promise<T> {
    let isOver = false;
    this.install();
    try {
      const result = program().finally(() => (isOver = true));
      // Its result is used below; the rejection must not be unhandled before.
      result.catch(() => undefined);
      while (!isOver) {
        await this.settle();
        if (!isOver) this.fireNext();
      }
      return await result;
    } finally {
      this.restore();
    }
  }

  /** Runs until every settled promise, and everything that follows from it, is processed. */
  private settle(): Promise<void> {
    return new Promise((resolve) => this.host.setImmediate(resolve));
  }

  private fireNext(): void {
    let next: Timer | undefined;
    for (const timer of this.timers.values()) {
      if (!next || timer.at < next.at || (timer.at === next.at && timer.order < next.order)) next = timer;
    }
    if (!next) throw new Violation('everybody waits, and nothing will happen any more');
    this.timers.delete(next.order);
    this.now = Math.max(this.now, next.at);
    if (next.every !== undefined) this.add(next.call, next.every, next.every, next.order);
    next.call();
  }

  private add(call: () => void, milliseconds = 0, every?: number, order = ++this.orders): number {
    this.timers.set(order, { at: this.now + Math.max(0, milliseconds), order, every, call });
    return order;
  }

  private install(): void {
    const handle = (order: number) =>
      Object.assign(new Number(order), { unref: () => undefined, ref: () => undefined });
    const clear = (timer: unknown) => void this.timers.delete(Number(timer));
    Object.assign(globalThis, {
      setTimeout: (call: () => void, milliseconds?: number) => handle(this.add(call, milliseconds)),
      setInterval: (call: () => void, milliseconds?: number) => handle(this.add(call, milliseconds, milliseconds)),
      setImmediate: (call: () => void) => handle(this.add(call)),
      clearTimeout: clear,
      clearInterval: clear,
    });
    Object.defineProperty(performance, 'now', { value: () => this.now, configurable: true, writable: true });
  }

  private restore(): void {
    Object.assign(globalThis, this.host);
    // Deleting the own property uncovers that of the prototype.
    Reflect.deleteProperty(performance, 'now');
  }
}
