import { Violation } from '../checks/violation.ts';

interface Timer {
  readonly at: number;
  /** Set first, called first. */
  readonly order: number;
  readonly every: number | undefined;
  readonly call: () => void;
}

/** What a program under virtual time asks of the host. */
const names = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate'] as const;

/**
 * Runs a program in virtual time: its timers fire in their order as soon as there is nothing else
 * to do, and the monotonic clock says what they waited for. So nothing depends on how fast the
 * machine is, and the same seed is the same history; waiting costs nothing. The machinery under it
 * reads the host's clocks, as it should; so the host's are replaced for as long as the program
 * runs.
 */
export class VirtualTime {
  private now = 0;
  private orders = 0;
  private readonly timers = new Map<number, Timer>();
  private readonly host = { setImmediate, ...Object.fromEntries(names.map((name) => [name, globalThis[name]])) };

  /**
   * @returns what the program does, once it has come to its end; timers that are left then are
   * forgotten
   */
  async run<T>(program: () => Promise<T>): Promise<T> {
    let isOver = false;
    this.install();
    try {
      const result = program().finally(() => (isOver = true));
      // It is looked at below, whatever becomes of it meanwhile.
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

  /**
   * Lets everything happen that waits for nothing: all promises that are settled, and what follows
   * from them.
   */
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
    // What it has of its prototype is seen again.
    Reflect.deleteProperty(performance, 'now');
  }
}
