/** Repeats work, with a pause after the end of each run, until it is stopped. */
export class Repeating {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  /**
   * @param work may resolve to the milliseconds until its next run
   * @param everyMs pause after a run that resolves to none, or fails
   * @param failed called with the work's error; the next run comes nevertheless
   */
  constructor(
    private readonly work: () => Promise<number | void>,
    private readonly everyMs: number,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Starts with the first run at once. */
  start(): void {
    this.running = this.run();
  }

  /** Starts with the first run after a pause, in milliseconds: by default that between runs. */
  startLater(pauseMs = this.everyMs): void {
    if (!this.stopped) this.timer = setTimeout(() => this.start(), pauseMs);
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
    try {
      this.startLater((await this.work()) ?? this.everyMs);
    } catch (error) {
      this.failed(error);
      this.startLater();
    }
  }
}
