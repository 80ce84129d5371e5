import { type BurnOrder, PeriodReceipt, type Returned, type WouldPay } from './receipts.ts';

/** A waiting use, and tokens by which it waits for less. */
export interface SetOff {
  readonly usageId: string;
  readonly tokens: bigint;
}

/** What becomes of tokens that a use gives back of its period. */
export interface GivenBack {
  /** The last that waits first. */
  readonly setOff: readonly SetOff[];
  /** The last charge first. */
  readonly returned: readonly Returned[];
  /** What this wallet neither charged nor waits for, or what is too much for one event. */
  readonly left: bigint;
}

interface Wait {
  readonly tokens: bigint;
  readonly since: number;
}

/**
 * A period of a subscription in a wallet: what was charged for its uses, by kinds of lots, and what
 * waits of them. Both come to what the period costs there, so never more goes back.
 */
export class PeriodAccount {
  readonly receipt: PeriodReceipt;
  /** By use, the oldest first. */
  private waits = new Map<string, Wait>();

  constructor(burnOrder: BurnOrder) {
    this.receipt = new PeriodReceipt(burnOrder);
  }

  /** A use of the period waits for so much, since an event; 0n: no more. */
  wait(usageId: string, tokens: bigint, since = 0): void {
    if (tokens === 0n) this.waits.delete(usageId);
    else this.waits.set(usageId, { tokens, since });
  }

  get waiting(): bigint {
    return [...this.waits.values()].reduce((sum, { tokens }) => sum + tokens, 0n);
  }

  /** A command ends. What began to wait by one event is in the order of its ids, as it is tried. */
  settle(): void {
    this.receipt.settle();
    this.waits = new Map(
      [...this.waits].sort(
        ([one, { since: earlier }], [other, { since: later }]) => earlier - later || (one < other ? -1 : 1),
      ),
    );
  }

  /**
   * A use makes its period cheaper. What waits is lowered first, for nobody has that yet: the last
   * of it before the others. Then the last charges go back.
   *
   * @param mostEnded waiting uses that may end by this
   */
  giveBack(tokens: bigint, wouldPay: WouldPay, mostEnded = Infinity): GivenBack {
    let left = tokens;
    let ended = 0;
    const setOff: SetOff[] = [];
    for (const [usageId, { tokens: waits, since }] of [...this.waits].reverse()) {
      if (left === 0n || ended === mostEnded) break;
      const part = left < waits ? left : waits;
      setOff.push({ usageId, tokens: part });
      this.wait(usageId, waits - part, since);
      if (part === waits) ended += 1;
      left -= part;
    }
    const isMore = left > 0n && this.waits.size > 0;
    const back = isMore ? 0n : left < this.receipt.total ? left : this.receipt.total;
    return { setOff, returned: this.receipt.giveBack(back, wouldPay), left: left - back };
  }
}
