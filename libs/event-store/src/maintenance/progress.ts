/** Progress of a maintenance command: `done` of `total` events, if the total is known. */
export interface Progress {
  /** Name of the step, for a person: `rebuild balances`. */
  readonly step: string;
  readonly done: number;
  readonly total?: number | undefined;
}

/** Options of every maintenance command. */
export interface MaintenanceOptions {
  /** Called after each batch. */
  readonly progress?: ((progress: Progress) => void) | undefined;
  /**
   * Ends the command between two batches. Completed work stays, and the command can be run again.
   */
  readonly signal?: AbortSignal | undefined;
}

/** Counts the events of one step, and reports progress. */
export class ProgressCount {
  private done = 0;
  private readonly started = performance.now();

  constructor(
    private readonly step: string,
    private readonly options: MaintenanceOptions,
    private readonly total?: number,
  ) {}

  /** @throws the signal's reason, if the command was aborted */
  add(events: number): void {
    this.options.signal?.throwIfAborted();
    this.done += events;
    this.options.progress?.({ step: this.step, done: this.done, total: this.total });
  }

  get events(): number {
    return this.done;
  }

  /** Rate since this count was created. */
  get eventsPerSecond(): number {
    const seconds = (performance.now() - this.started) / 1000;
    return seconds > 0 ? Math.round(this.done / seconds) : 0;
  }
}
