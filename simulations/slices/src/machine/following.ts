import { Reaction } from '@tokengrid/event-bus';
import type { DomainEvent, Recorded } from '@tokengrid/kernel';
import type { Dice } from '@tokengrid/simulation-kit';

/** A policy of a service, and the events that it follows. */
export interface Follower {
  readonly name: string;
  readonly from: 'gateway' | 'metering' | 'wallet' | 'identity';
  readonly on: readonly string[];
  /** Gets one event, or all that were read at once where it takes them in order. */
  readonly react: (said: never, reaction: Reaction) => Promise<unknown>;
  readonly inOrder?: boolean;
}

/** How far a policy has come in one lane. */
export class Following {
  private mark = 0;

  constructor(
    readonly follower: Follower,
    private readonly lane: readonly Recorded<DomainEvent>[],
  ) {}

  get isDone(): boolean {
    return this.mark >= this.lane.length;
  }

  /** Reads on from an earlier place, as after a mark that was not kept. */
  fallBack(dice: Dice): void {
    this.mark = Math.max(0, this.mark - dice.roll(6));
  }

  /** Hands over the next events. The mark moves once all of them were taken. */
  async deliver(most: number): Promise<void> {
    const { name, on, react, inOrder } = this.follower;
    const from = this.mark;
    const events = this.lane.slice(from, from + most);
    const wanted = events.filter(({ type }) => on.includes(type));
    if (inOrder && wanted.length > 0) {
      await react(wanted as never, new Reaction(name, wanted[0]! as never, wanted.slice(1) as never));
    } else {
      for (const event of wanted) await react(event as never, new Reaction(name, event as never));
    }
    if (this.mark === from) this.mark = from + events.length;
  }
}
