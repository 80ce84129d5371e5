/** Repeats work, with a pause after the end of each run, until it is stopped. */
export class Repeating {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  /** @param failed called with the work's error; the next run comes nevertheless */
  constructor(
    private readonly work: () => Promise<void>,
    private readonly everyMs: number,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Starts with the first run at once. */
  start(): void {
    this.running = this.run();
  }

  /** Stops, and resolves once the current run has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  /** True if long work should end. */
  get isStopped(): boolean {
    return this.stopped;
  }

  private async run(): Promise<void> {
    await this.work().catch(this.failed);
    if (!this.stopped) this.timer = setTimeout(() => this.start(), this.everyMs);
  }
}
