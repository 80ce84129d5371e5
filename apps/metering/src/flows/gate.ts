import { Overloaded } from '@tokengrid/event-store';

interface Waiting {
  readonly amount: number;
  readonly enter: () => void;
  readonly timer: NodeJS.Timeout;
}

/** Bounds the amount of work under way at a time. What does not fit waits its turn, for a while. */
export class Gate {
  private under = 0;
  private readonly waiting: Waiting[] = [];

  /** @param most amount under way at a time; a single work may be larger, and is alone then */
  constructor(
    private readonly most: number,
    private readonly patienceMs: number,
  ) {}

  /** @throws Overloaded if there is no room for it in time */
  async pass(amount: number, work: () => Promise<void>): Promise<void> {
    await this.enter(amount);
    try {
      await work();
    } finally {
      this.under -= amount;
      this.admit();
    }
  }

  private async enter(amount: number): Promise<void> {
    if (this.waiting.length === 0 && this.hasRoomFor(amount)) this.under += amount;
    else await this.turn(amount);
  }

  private turn(amount: number): Promise<void> {
    return new Promise((enter, fail) => {
      const timer = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(waiting), 1);
        fail(new Overloaded(this.waiting.length));
        // Smaller ones behind it may fit.
        this.admit();
      }, this.patienceMs);
      const waiting = { amount, enter, timer };
      this.waiting.push(waiting);
    });
  }

  private admit(): void {
    for (let first = this.waiting[0]; first && this.hasRoomFor(first.amount); first = this.waiting[0]) {
      this.waiting.shift();
      clearTimeout(first.timer);
      this.under += first.amount;
      first.enter();
    }
  }

  private hasRoomFor(amount: number): boolean {
    return this.under === 0 || this.under + amount <= this.most;
  }
}
