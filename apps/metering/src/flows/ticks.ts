/** Repeats work with a pause after each time, until it is stopped. */
export class Ticks {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  /** @param work must not reject; resolves to the milliseconds until the next time */
  constructor(private readonly work: () => Promise<number>) {}

  /** @param ms milliseconds until the first time */
  start(ms: number): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.running = this.work().then((pause) => this.start(pause));
    }, ms);
  }

  /** Resolves once work that is under way has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }
}
