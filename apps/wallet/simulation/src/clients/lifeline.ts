/** Life of a process. After its end its awaits never settle, like those of a killed process. */
export class Lifeline {
  ended = false;
  /** Rejected when the process dies, for others that wait for it. */
  readonly death: Promise<never>;
  /** A promise that never settles, for a dead process. */
  readonly never = new Promise<never>(() => undefined);
  private die: (error: Error) => void = () => undefined;

  constructor() {
    this.death = new Promise((_, reject) => (this.die = reject));
    // The death may have no listener.
    this.death.catch(() => undefined);
  }

  end(): void {
    if (this.ended) return;
    this.ended = true;
    this.die(new ProcessDied());
  }

  /**
   * The promise for a living process; for a dead one a promise that never settles.
   * @param late handles a value that came too late
   */
  async through<T>(given: Promise<T>, late?: (value: T) => Promise<void>): Promise<T> {
    const value = await given;
    if (!this.ended) return value;
    await late?.(value);
    return this.never;
  }
}

/** The process died before it answered: the outcome is unknown. */
export class ProcessDied extends Error {
  override readonly name = 'ProcessDied';
}
