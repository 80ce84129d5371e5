import { NotYet } from '@tokengrid/kernel';
import type { Dice } from '@tokengrid/simulation-kit';

/** Answer of a dead process: the outcome of the command is unknown. */
export class ProcessDied extends Error {
  override readonly name = 'ProcessDied';
}

/** Once in so many steps of a process, on average; 0: never. */
export interface Odds {
  diesOnceIn: number;
  isBusyOnceIn: number;
}

/** Death of a process, by chance. */
export class Fate {
  private isOver = false;

  constructor(
    private readonly dice: Dice,
    private readonly odds: Odds,
  ) {}

  get ended(): boolean {
    return this.isOver;
  }

  end(): void {
    this.isOver = true;
  }

  /** @throws NotYet now and then, of a busy store: what was asked beside it may be done */
  mayBeBusy(): void {
    const { isBusyOnceIn } = this.odds;
    if (isBusyOnceIn > 0 && this.dice.once(isBusyOnceIn)) throw new NotYet('the store is busy');
  }

  /** @throws ProcessDied if it is dead, or dies now */
  mayDie(): void {
    const { diesOnceIn } = this.odds;
    this.isOver ||= diesOnceIn > 0 && this.dice.once(diesOnceIn);
    if (this.isOver) throw new ProcessDied();
  }
}
