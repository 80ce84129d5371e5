/** Pseudo-random numbers, the same for the same seed (mulberry32). */
export class Dice {
  constructor(private state: number) {}

  /** A whole number ≥ 0 and < `below`. */
  roll(below: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  }

  /** True once in `times`, on average. */
  once(times: number): boolean {
    return this.roll(times) === 0;
  }

  one<Item>(items: readonly Item[]): Item {
    return items[this.roll(items.length)]!;
  }

  /** A positive amount of at most `most`. */
  tokens(most: number): bigint {
    return BigInt(1 + this.roll(most));
  }

  /** Other dice, independent of later rolls of these. */
  another(): Dice {
    return new Dice(this.roll(2 ** 31));
  }
}
