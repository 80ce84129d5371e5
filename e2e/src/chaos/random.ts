/** Random numbers that a seed determines (mulberry32, by Tommy Ettinger, public domain). */
export class Random {
  constructor(private state: number) {}

  /** A whole number from 0 to `below` − 1. */
  below(below: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }

  /** The same things in random order. */
  shuffled<T>(things: readonly T[]): T[] {
    const rest = [...things];
    const mixed: T[] = [];
    while (rest.length > 0) mixed.push(...rest.splice(this.below(rest.length), 1));
    return mixed;
  }
}

/** Seed of the run, which is in the name of each scenario; `CHAOS_SEED` repeats a run. */
export const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000);

/** Number of rounds of a scenario; `CHAOS_ROUNDS` makes it a soak test. */
export const rounds = (usual: number): number => Number(process.env['CHAOS_ROUNDS'] ?? usual);
