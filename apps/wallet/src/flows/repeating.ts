/** Work that is done again and again, each time so long after the last one ended, until it is stopped. */
export class Repeating {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  /** @param failed told what the work threw; the next time comes nevertheless */
  constructor(
    private readonly work: () => Promise<void>,
    private readonly everyMs: number,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Begins, with the first time at once. */
  start(): void {
    this.running = this.run();
  }

  /** Resolves once what runs has ended; nothing is begun any more. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  /** For work that could go on for long: whether it should end. */
  get isStopped(): boolean {
    return this.stopped;
  }

  private async run(): Promise<void> {
    await this.work().catch(this.failed);
    if (!this.stopped) this.timer = setTimeout(() => this.start(), this.everyMs);
  }
}
