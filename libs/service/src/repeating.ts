import { untilBeat } from '@tokengrid/event-store';

/** Pauses from this one on end together with others of the process, which wakes once for all. */
const leastBeatMs = 250;

/** What work resolves to: milliseconds until its next run, or nothing to do until it is woken. */
export type NextRun = number | 'rest' | void;

/** Repeats work, with a pause after the end of each run, until it rests or is stopped. */
export class Repeating {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;
  private isResting = true;
  private isWoken = false;

  /**
   * @param work resolves to its next run; to nothing for the usual pause
   * @param everyMs pause after a run that resolves to none, or fails
   * @param failed called with the work's error; the next run comes nevertheless
   */
  constructor(
    private readonly work: () => NextRun | Promise<NextRun>,
    private readonly everyMs: number,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Starts with the first run at once. */
  start(): void {
    this.isResting = false;
    this.running = this.run();
  }

  /** Starts with the first run after a pause, in milliseconds: by default that between runs. */
  startLater(pauseMs = this.pauseMs): void {
    this.isResting = false;
    if (!this.stopped) this.timer = setTimeout(() => this.start(), pauseMs);
  }

  /** There is something to do: work that rests, or was not started, runs after the usual pause. */
  wake(): void {
    if (this.isResting) this.startLater();
    else this.isWoken = true;
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

  private get pauseMs(): number {
    return this.everyMs < leastBeatMs ? this.everyMs : untilBeat(this.everyMs);
  }

  private async run(): Promise<void> {
    // Whoever wakes it during a run may be too late for that run.
    this.isWoken = false;
    try {
      const next = await this.work();
      if (next !== 'rest') this.startLater(next ?? this.pauseMs);
      else if (this.isWoken) this.startLater();
      else this.isResting = true;
    } catch (error) {
      this.failed(error);
      this.startLater();
    }
  }
}
