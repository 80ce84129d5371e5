/**
 * A process' life. What it waits for when it ends, it waits for for ever, as a process does that is
 * killed.
 */
export class Lifeline {
  ended = false;
  /** Rejected when the process dies: for those outside who wait for it. */
  readonly death: Promise<never>;
  /** What a dead process waits for. */
  readonly never = new Promise<never>(() => undefined);
  private die: (error: Error) => void = () => undefined;

  constructor() {
    this.death = new Promise((_, reject) => (this.die = reject));
    // Whether anybody waits when it happens is a matter of chance.
    this.death.catch(() => undefined);
  }

  end(): void {
    if (this.ended) return;
    this.ended = true;
    this.die(new ProcessDied());
  }

  /**
   * What the living are given, and the dead are not.
   * @param late what to do with what came too late
   */
  async through<T>(given: Promise<T>, late?: (value: T) => Promise<void>): Promise<T> {
    const value = await given;
    if (!this.ended) return value;
    await late?.(value);
    return this.never;
  }
}

/** The process died before it answered: nobody knows what it has done. */
export class ProcessDied extends Error {
  override readonly name = 'ProcessDied';
}
