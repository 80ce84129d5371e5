/** The same command is being taken right now, and its outcome did not come within the time that a repeat waits. */
export class InFlight extends Error {
  override readonly name = 'InFlight';
}

/**
 * Commands that this process is taking. A repeat that arrives meanwhile waits for the first, so that a client's impatience
 * costs no place in a lane's queue; repeats in other processes meet in the lane, whose lock they share.
 */
export class CommandsInFlight {
  readonly #running = new Map<string, Promise<unknown>>();

  /** @param patienceMs how long a repeat waits, from its arrival to its answer */
  constructor(private readonly patienceMs: number) {}

  /**
   * Runs `take` unless the same command is running; then waits for that one, and runs `take` after it: the store knows the outcome.
   * @throws InFlight when a repeat's patience ends first
   */
  async alone<T>(commandId: string, take: () => Promise<T>): Promise<T> {
    if (!this.#running.has(commandId)) return this.#run(commandId, take);
    const patience = new Patience(this.patienceMs);
    try {
      let first: Promise<unknown> | undefined;
      while ((first = this.#running.get(commandId))) await patience.outlast(first);
      return await patience.outlast(this.#run(commandId, take));
    } finally {
      patience.end();
    }
  }

  #run<T>(commandId: string, take: () => Promise<T>): Promise<T> {
    const running = take().finally(() => this.#running.delete(commandId));
    // Waiters only want to know that it is over; whether it failed is the first caller's to hear.
    this.#running.set(
      commandId,
      running.catch(() => undefined),
    );
    return running;
  }
}

/** A bound on several waits together. */
class Patience {
  readonly #over: Promise<never>;
  readonly #timer: NodeJS.Timeout;

  constructor(ms: number) {
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => undefined);
    this.#over = promise;
    this.#timer = setTimeout(() => reject(new InFlight('the first request with this key is still in flight')), ms);
  }

  /** What is waited for, or InFlight once the time is over. */
  outlast<T>(awaited: Promise<T>): Promise<T> {
    return Promise.race([awaited, this.#over]);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}
