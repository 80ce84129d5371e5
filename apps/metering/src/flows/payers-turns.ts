/** A payer's uses of one report, which wait for their turn. */
interface Waiting<Part> {
  readonly part: Part;
  readonly resolve: (accepted: number) => void;
  readonly reject: (error: unknown) => void;
}

export interface TurnsOptions<Part> {
  /** Executes parts as one command. @returns the accepted uses of each, in their order */
  readonly execute: (parts: readonly Part[]) => Promise<readonly number[]>;
  readonly usesOf: (part: Part) => number;
  /** Most uses of a command. */
  readonly most: number;
  /** True for an error that is not of one part's making. */
  readonly failsAll: (error: unknown) => boolean;
}

/**
 * Lets each payer have one command under way. What other reports bring for it meanwhile goes
 * together into its next one: an event costs more than a use. A payer without a command under way
 * does not wait.
 */
export class PayersTurns<Part> {
  /** By payer with a command under way. */
  private readonly waiting = new Map<string, Waiting<Part>[]>();

  constructor(private readonly options: TurnsOptions<Part>) {}

  /** @returns number of accepted uses @throws the command's error */
  take(partyId: string, part: Part): Promise<number> {
    return new Promise((resolve, reject) => {
      const queue = this.waiting.get(partyId);
      const waiting = { part, resolve, reject };
      if (queue) queue.push(waiting);
      else {
        this.waiting.set(partyId, []);
        void this.run(partyId, waiting);
      }
    });
  }

  private async run(partyId: string, first: Waiting<Part>): Promise<void> {
    for (let turn = [first]; turn.length > 0; turn = this.next(partyId)) await this.together(turn);
    this.waiting.delete(partyId);
  }

  /** The oldest that fit into one command. */
  private next(partyId: string): Waiting<Part>[] {
    const queue = this.waiting.get(partyId)!;
    const { usesOf, most } = this.options;
    let [count, uses] = [0, 0];
    for (const { part } of queue) {
      uses += usesOf(part);
      if (count > 0 && uses > most) break;
      count += 1;
    }
    return queue.splice(0, count);
  }

  /** Parts that fail together are tried one by one: the fault is one part's. */
  private async together(turn: readonly Waiting<Part>[]): Promise<void> {
    try {
      const accepted = await this.options.execute(turn.map(({ part }) => part));
      turn.forEach(({ resolve }, at) => resolve(accepted[at]!));
    } catch (error) {
      if (turn.length === 1 || this.options.failsAll(error)) for (const { reject } of turn) reject(error);
      else for (const each of turn) await this.together([each]);
    }
  }
}
