import type { Dice } from '@tokengrid/simulation-kit';

/** Answer of a dead process: the outcome of the command is unknown. */
export class ProcessDied extends Error {
  override readonly name = 'ProcessDied';
}

/** Death of a process, by chance. */
export class Fate {
  private isOver = false;

  constructor(
    private readonly dice: Dice,
    /** Once in so many steps of a process; 0: never. */
    private readonly odds: { readonly diesOnceIn: number },
  ) {}

  get ended(): boolean {
    return this.isOver;
  }

  end(): void {
    this.isOver = true;
  }

  /** @throws ProcessDied if it is dead, or dies now */
  mayDie(): void {
    const { diesOnceIn } = this.odds;
    this.isOver ||= diesOnceIn > 0 && this.dice.once(diesOnceIn);
    if (this.isOver) throw new ProcessDied();
  }
}
