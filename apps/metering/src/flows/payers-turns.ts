import { setTimeout as passing } from 'node:timers/promises';

/** A payer's uses of one report, which wait for their turn. */
interface Waiting<Part, Result> {
  readonly part: Part;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

export interface TurnsOptions<Part, Result> {
  /**
   * Executes parts as one command. More parts are added to it until it calls `taken`.
   * @returns the result of each, in their order
   */
  readonly execute: (parts: readonly Part[], taken: () => void) => Promise<readonly Result[]>;
  readonly usesOf: (part: Part) => number;
  /** Most uses of a command. */
  readonly most: number;
  /** True for an error that is not of one part's making. */
  readonly failsAll: (error: unknown) => boolean;
  /** Time after which a turn holds up the next one no more: a store is away; milliseconds. */
  readonly mostTurnMs: number;
}

/** A payer's command under way. */
interface Turn<Part, Result> {
  readonly waiting: Waiting<Part, Result>[];
  readonly parts: Part[];
  uses: number;
  /** True while more may go into it: its lane has not taken it. */
  isOpen: boolean;
}

/** A payer with a command under way. */
interface Payer<Part, Result> {
  turn: Turn<Part, Result>;
  /** For the next command. */
  readonly next: Waiting<Part, Result>[];
}

/**
 * Lets each payer have one command under way. What other reports bring for it goes into that
 * command while it waits for its lane, and else together into the next one: an event costs more
 * than a use. A payer without a command under way does not wait.
 */
export class PayersTurns<Part, Result> {
  /** By payer with a command under way. */
  private readonly payers = new Map<string, Payer<Part, Result>>();

  constructor(private readonly options: TurnsOptions<Part, Result>) {}

  /** @returns the part's result @throws the command's error */
  take(partyId: string, part: Part): Promise<Result> {
    return new Promise((resolve, reject) => {
      const waiting = { part, resolve, reject };
      const payer = this.payers.get(partyId);
      if (!payer) void this.run(partyId, this.turnOf([waiting]));
      else if (payer.next.length > 0 || !this.join(payer.turn, waiting)) payer.next.push(waiting);
    });
  }

  private turnOf(waiting: Waiting<Part, Result>[]): Turn<Part, Result> {
    const parts = waiting.map(({ part }) => part);
    const uses = parts.reduce((sum, part) => sum + this.options.usesOf(part), 0);
    return { waiting, parts, uses, isOpen: true };
  }

  /** @returns whether there was room */
  private join(turn: Turn<Part, Result>, waiting: Waiting<Part, Result>): boolean {
    const uses = turn.uses + this.options.usesOf(waiting.part);
    if (!turn.isOpen || uses > this.options.most) return false;
    turn.waiting.push(waiting);
    turn.parts.push(waiting.part);
    turn.uses = uses;
    return true;
  }

  private async run(partyId: string, first: Turn<Part, Result>): Promise<void> {
    const payer: Payer<Part, Result> = { turn: first, next: [] };
    this.payers.set(partyId, payer);
    await this.inTime(payer.turn);
    while (payer.next.length > 0) {
      payer.turn = this.turnOf([payer.next.shift()!]);
      while (payer.next.length > 0 && this.join(payer.turn, payer.next[0]!)) payer.next.shift();
      await this.inTime(payer.turn);
    }
    this.payers.delete(partyId);
  }

  /** Resolves once the turn is over, or has taken too long. */
  private async inTime(turn: Turn<Part, Result>): Promise<void> {
    const over = new AbortController();
    const late = passing(this.options.mostTurnMs, undefined, { signal: over.signal }).catch(() => undefined);
    await Promise.race([this.together(turn), late]);
    over.abort();
  }

  /** Parts that fail together are tried one by one: the fault is one part's. */
  private async together(turn: Turn<Part, Result>): Promise<void> {
    const { waiting, parts } = turn;
    const close = () => (turn.isOpen = false);
    try {
      const results = await this.options.execute(parts, close);
      waiting.forEach(({ resolve }, at) => resolve(results[at]!));
    } catch (error) {
      close();
      if (waiting.length === 1 || this.options.failsAll(error)) for (const { reject } of waiting) reject(error);
      else for (const each of waiting) await this.together({ ...this.turnOf([each]), isOpen: false });
    }
    close();
  }
}
