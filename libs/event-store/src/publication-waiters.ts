interface Waiter {
  readonly sequence: number;
  readonly resolve: (published: boolean) => void;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Callers waiting for a sequence of a lane to be in the log, in order of sequence, so that only
 * finished ones are touched.
 */
export class PublicationWaiters {
  private readonly waiting: Waiter[] = [];

  get size(): number {
    return this.waiting.length;
  }

  /**
   * True once the sequence is published; false after `timeoutMs`, if given. An ended wait leaves
   * nothing behind.
   */
  wait(sequence: number, timeoutMs?: number): Promise<boolean> {
    return new Promise((resolve) => {
      const waiter: Waiter = { sequence, resolve, timer: undefined };
      if (timeoutMs !== undefined) waiter.timer = setTimeout(() => this.giveUp(waiter), timeoutMs);
      // Almost always the highest so far: only repeats of older commands ask for earlier ones.
      let at = this.waiting.length;
      while (at > 0 && this.waiting[at - 1]!.sequence > sequence) at -= 1;
      if (at === this.waiting.length) this.waiting.push(waiter);
      else this.waiting.splice(at, 0, waiter);
    });
  }

  private giveUp(waiter: Waiter): void {
    this.waiting.splice(this.waiting.indexOf(waiter), 1);
    waiter.resolve(false);
  }

  /** Resolves all waits up to this sequence. */
  published(sequence: number): void {
    let done = 0;
    while (done < this.waiting.length && this.waiting[done]!.sequence <= sequence) done += 1;
    for (const { timer, resolve } of this.waiting.splice(0, done)) {
      clearTimeout(timer);
      resolve(true);
    }
  }
}
