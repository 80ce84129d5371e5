import type { Dice } from '@tokengrid/simulation-kit';

/** Kinds of steps, each with its usual share of a history. */
const usual = {
  report: 14,
  'report again': 6,
  'use up': 2,
  correct: 6,
  'move and correct': 3,
  announce: 5,
  hear: 9,
  deliver: 36,
  'catch up': 3,
  'fall back': 4,
  fund: 7,
  bound: 5,
  restart: 1,
  'close periods': 1,
  'close a day': 1,
  'pass time': 5,
};

/** What happens in one step of a history. */
export type Happening = keyof typeof usual;

const dayMs = 86_400_000;

/**
 * Frequencies of a history. Each history has its own: what is rare in one is common in another, and
 * so are pairs of events.
 */
export class Habits {
  private readonly happenings: readonly Happening[];
  /** Once in so many times that time passes, it is long. */
  private readonly longOnceIn: number;
  private readonly longestMs: number;
  /** Once in so many steps of a process, it dies. */
  readonly diesOnceIn: number;
  /** Once in so many commands of policies, the store is busy; 0: never. */
  readonly busyOnceIn: number;
  /** True if all that is on offer is announced before anything else happens. */
  readonly beginsInFull: boolean;
  /** True if few parties use all that is used. */
  readonly isNarrow: boolean;
  /** Days between the last step and the closing of all days. */
  readonly restDays: number;

  constructor(private readonly dice: Dice) {
    const times = [1, 2, 2, 6];
    this.happenings = Object.entries(usual).flatMap(([happening, share]) =>
      Array.from({ length: share * dice.one(times) }, () => happening as Happening),
    );
    this.longOnceIn = dice.one([2, 8, 8]);
    this.longestMs = dice.one([1, 1, 1, 10]) * dayMs;
    this.diesOnceIn = dice.one([60, 300, 1500]);
    this.busyOnceIn = dice.one([0, 12, 90]);
    this.beginsInFull = dice.once(2);
    this.isNarrow = dice.once(3);
    this.restDays = dice.one([3, 3, 45]);
  }

  next(): Happening {
    return this.dice.one(this.happenings);
  }

  /** Milliseconds that pass at once. */
  passing(): number {
    const { dice } = this;
    return dice.once(this.longOnceIn) ? dice.roll(this.longestMs) : dice.roll(1_200_000);
  }
}
