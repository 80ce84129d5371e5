import type { DomainEvent, Recorded } from '@tokengrid/kernel';
import type { Dice } from '@tokengrid/simulation-kit';
import { Fate, type Odds } from './fate.ts';
import type { Storage } from './store.ts';
import { type Subscriber, Subscription } from './subscription.ts';

/** A service's process, as the machine runs it. */
interface Process {
  readonly subscribers: readonly Subscriber[];
}

/**
 * A service: what it stores, how far its policies have come, and the process that runs. A process
 * that dies is followed by another, which knows what is stored and nothing else.
 */
export class Running<E extends DomainEvent, P extends Process> {
  fate: Fate;
  process: P;
  readonly subscriptions: readonly Subscription[];

  constructor(
    readonly storage: Storage<E>,
    private readonly start: (fate: Fate) => P,
    private readonly dice: Dice,
    private readonly odds: Odds,
    lanesOf: (service: string) => readonly (readonly Recorded<DomainEvent>[])[],
  ) {
    this.fate = new Fate(dice, odds);
    this.process = start(this.fate);
    this.subscriptions = this.process.subscribers.flatMap(({ name, from }) =>
      lanesOf(from).map((lane) => new Subscription(name, from, lane)),
    );
  }

  /**
   * Begins anew with what is stored; what policies had done since their marks were kept comes
   * again.
   */
  restart(): void {
    this.fate.end();
    this.fate = new Fate(this.dice, this.odds);
    this.process = this.start(this.fate);
    for (const subscription of this.subscriptions) if (this.dice.once(2)) subscription.fallBack(this.dice);
  }

  subscriberOf({ name }: Subscription): Subscriber {
    return this.process.subscribers.find((each) => each.name === name)!;
  }
}
