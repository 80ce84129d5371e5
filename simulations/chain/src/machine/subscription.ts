import { Reaction } from '@tokengrid/event-bus';
import type { DomainEvent, Recorded } from '@tokengrid/kernel';
import type { Dice } from '@tokengrid/simulation-kit';

/** A policy of a service, in one of its processes. */
export interface Subscriber {
  /** Its name, from which its commands' ids derive. */
  readonly name: string;
  /** Service whose events it follows. */
  readonly from: string;
  readonly on: readonly string[];
  /** Gets one event, or all that were read at once where it takes them in order. */
  readonly react: (event: never, reaction: Reaction) => Promise<unknown>;
  readonly inOrder?: boolean;
}

/** Progress of a policy in one lane. */
export class Subscription {
  /** Events that it is through with, and whose mark is kept. */
  private mark = 0;

  constructor(
    readonly name: string,
    readonly service: string,
    private readonly lane: readonly Recorded<DomainEvent>[],
  ) {}

  get isDone(): boolean {
    return this.mark >= this.lane.length;
  }

  /** Reads on from an earlier place, as after a mark that was not kept. */
  fallBack(dice: Dice): void {
    this.mark = Math.max(0, this.mark - dice.roll(dice.once(5) ? this.mark + 1 : 12));
  }

  /**
   * Hands over the next events, all at once. The mark moves only when all of them were taken.
   * @throws whatever one of them failed with
   */
  async deliver({ name, on, react, inOrder }: Subscriber, most: number): Promise<void> {
    const from = this.mark;
    const events = this.lane.slice(from, from + most);
    const wanted = events.filter(({ type }) => on.includes(type));
    if (inOrder && wanted.length > 0) {
      await react(wanted as never, new Reaction(name, wanted[0]! as never, wanted.slice(1) as never));
    } else {
      const each = (event: Recorded<DomainEvent>) => react(event as never, new Reaction(name, event as never));
      const results = await Promise.allSettled(wanted.map(each));
      for (const result of results) if (result.status === 'rejected') throw result.reason;
    }
    this.mark = from + events.length;
  }
}
