import type { CountedUse } from './period-costs.ts';

/** A period of a subscription. */
interface Counted {
  readonly uses: readonly CountedUse[];
  /** Minimum charge of the period: 0 until its end was charged. */
  readonly least: bigint;
}

const nothing: Counted = { uses: [], least: 0n };

/** Uses that count in the periods of subscriptions so far. */
export class CountedUses {
  private readonly periods = new Map<string, Counted>();

  in(subscriptionId: string, from: number): Counted {
    return this.periods.get(nameOf(subscriptionId, from)) ?? nothing;
  }

  add(subscriptionId: string, from: number, use: CountedUse): void {
    const { uses, least } = this.in(subscriptionId, from);
    this.periods.set(nameOf(subscriptionId, from), { uses: [...uses, use], least });
  }

  /** A use was corrected: it counts with other units, or no more. */
  replace(subscriptionId: string, from: number, usageId: string, use: CountedUse | undefined): void {
    const { uses, least } = this.in(subscriptionId, from);
    const others = uses.filter((each) => each.usageId !== usageId);
    this.periods.set(nameOf(subscriptionId, from), { uses: use ? [...others, use] : others, least });
  }

  /** The end of a period was charged. */
  end(subscriptionId: string, from: number, least: bigint): void {
    this.periods.set(nameOf(subscriptionId, from), { uses: this.in(subscriptionId, from).uses, least });
  }
}

const nameOf = (subscriptionId: string, from: number): string => `${subscriptionId} ${from}`;
