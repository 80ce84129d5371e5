import { type Delivery, instantOf, type ServedUse } from '@tokengrid/contracts';
import { type SpendingEnd, SpendingEnded, type UnpayableCause } from '../serving/purse.ts';
import { statedUnits } from './price-list.ts';
import type { Action } from './book-words.ts';
import type { SliceBook } from './slice-book.ts';
import { NoLongerSpeaking, type SliceReports } from './slice-reports.ts';
import type { SpentUse } from './spendings.ts';

/** Ends a wait: with a cause, nothing more can be had. */
type Settle = (refusal: UnpayableCause | undefined) => void;

/** What the slices of a payer need of their process. */
export interface PayerSurroundings {
  readonly now: () => number;
  readonly reportsOf: (sliceId: string) => SliceReports;
  /** A slice is asked for: what is said of it is for this payer. */
  readonly begins: (sliceId: string) => void;
  /** A slice was given back: nothing more is said of it here. */
  readonly returned: (sliceId: string) => void;
  /** Something may be different now. */
  readonly looked: () => void;
  readonly failed: (error: unknown) => void;
}

/**
 * The slices of one payer, or of a capped key of it, at this process: does what its book says, and
 * tells the requests what became of them.
 */
export class PayerSlices {
  private readonly waits = new Map<string, Settle>();
  private readonly ends = new Map<string, AbortController>();
  private isLooking = false;

  constructor(
    readonly partyId: string,
    readonly key: string | undefined,
    readonly book: SliceBook,
    private readonly around: PayerSurroundings,
  ) {}

  /** Looks at what is next, once for all that happens in this turn of the event loop. */
  look(): void {
    if (this.isLooking) return;
    this.isLooking = true;
    setImmediate(() => {
      this.isLooking = false;
      this.lookNow();
    });
  }

  lookNow(): void {
    const now = this.around.now();
    for (let action = this.book.next(now); action; action = this.book.next(now)) void this.do(action);
    this.tell();
  }

  /** Resolves once a request that waits is settled: with the cause, if it is refused. */
  settled(requestId: string): Promise<UnpayableCause | undefined> {
    return new Promise((resolve) => {
      this.waits.set(requestId, resolve);
      this.look();
    });
  }

  /** Forgets that a request waits. */
  forget(requestId: string): void {
    this.waits.delete(requestId);
    this.book.forget(requestId);
  }

  /** Signal that a running request is cut off. */
  endOf(requestId: string): AbortSignal {
    const end = new AbortController();
    this.ends.set(requestId, end);
    return end.signal;
  }

  /** A request is over. */
  over(requestId: string): void {
    this.ends.delete(requestId);
    this.look();
  }

  cut(requestId: string, why: SpendingEnd): void {
    this.ends.get(requestId)?.abort(new SpendingEnded(why));
  }

  /** Tells requests what became of them. */
  tell(): void {
    const { settlements, cuts } = this.book.takeNews();
    for (const { requestId, refusal } of settlements) {
      const settle = this.waits.get(requestId);
      this.waits.delete(requestId);
      settle?.(refusal);
    }
    for (const { requestId, why } of cuts) this.cut(requestId, why);
    this.around.looked();
  }

  /** Does what the book says. It never rejects. */
  async do(action: Action): Promise<void> {
    const { sliceId } = action;
    const reports = this.around.reportsOf(sliceId);
    try {
      if (action.kind === 'ask') {
        if (action.ask.number === 1) this.around.begins(sliceId);
        await reports.want({ ...action.ask, ...(this.key !== undefined && { key: this.key }) });
      } else {
        const uses = action.uses.map((use) => servedUse(use));
        await reports.giveBack(action.reason, uses);
        this.around.returned(sliceId);
      }
    } catch (error) {
      this.failed(action, error);
    }
  }

  private failed({ kind, sliceId }: Action, error: unknown): void {
    if (error instanceof NoLongerSpeaking) return;
    this.around.failed(error);
    if (kind !== 'ask' || sliceId !== this.book.sliceId) return;
    // It was never asked for: there is nothing to wait for.
    this.book.recall('unavailable', this.around.now());
    this.look();
  }
}

const isIssued = (keyId: string): boolean => keyId.startsWith('key_') || keyId.startsWith('cli_');

/** A use in the form of events. */
export function servedUse({ spender, time, units, taken }: SpentUse, delivery?: Delivery): ServedUse {
  const { requestId, keyId, use } = spender;
  const { app, model, offer } = use;
  return {
    ...{ eventId: requestId, time: instantOf(time) },
    ...(app !== undefined && { app }),
    ...(model !== undefined && { model }),
    ...(offer !== undefined && { offer }),
    // The operator's own key from the environment is none of identity's.
    ...(isIssued(keyId) && { key: keyId }),
    units: statedUnits(units),
    ...(taken.free.size > 0 && { free: statedUnits(taken.free) }),
    ...(delivery && { delivery }),
  };
}
