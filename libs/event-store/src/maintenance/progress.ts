/** How far a maintenance command has come: `done` of `total` events, where the total is known. */
export interface Progress {
  /** What is being done, for a person: `rebuild balances`. */
  readonly step: string;
  readonly done: number;
  readonly total?: number | undefined;
}

/** What every maintenance command takes beside its subject. */
export interface MaintenanceOptions {
  /** Told after each batch. */
  readonly progress?: ((progress: Progress) => void) | undefined;
  /** Ends the command between two batches. What is done stays done, and the command can be run again. */
  readonly signal?: AbortSignal | undefined;
}

/** Counts events of one step, and tells. */
export class ProgressCount {
  private done = 0;
  private readonly started = performance.now();

  constructor(
    private readonly step: string,
    private readonly options: MaintenanceOptions,
    private readonly total?: number,
  ) {}

  /** @throws the signal's reason, when the command was aborted. */
  add(events: number): void {
    this.options.signal?.throwIfAborted();
    this.done += events;
    this.options.progress?.({ step: this.step, done: this.done, total: this.total });
  }

  get events(): number {
    return this.done;
  }

  /** Since this count was made. */
  get eventsPerSecond(): number {
    const seconds = (performance.now() - this.started) / 1000;
    return seconds > 0 ? Math.round(this.done / seconds) : 0;
  }
}
