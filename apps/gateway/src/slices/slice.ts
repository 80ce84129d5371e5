import { type EventOf, listFor, type SliceOffered, type SliceRefused, type SliceUse } from '@tokengrid/contracts';
import type { SpendingEnd, UnpayableCause } from '../serving/purse.ts';
import { FreeUnits } from './free-units.ts';
import { type PriceList, priceListOf } from './price-list.ts';

export type Terms = Pick<
  EventOf<typeof SliceOffered>['data'],
  'sliceId' | 'number' | 'scope' | 'prices' | 'tariffChangesAt' | 'validUntil' | 'idleMs' | 'renewBelowBps'
>;
export type Refused = Pick<EventOf<typeof SliceRefused>['data'], 'sliceId' | 'number' | 'why'>;

/** What the wallet says to a request of a slice. */
export interface WalletAnswer {
  readonly sliceId: string;
  readonly number: number;
  readonly walletId: string;
  /** µAIT granted; or why nothing is. */
  readonly granted: bigint | WalletRefusal;
}

/** A refusal of the wallet; `gone`: the slice's hold is over. */
export type WalletRefusal = Exclude<UnpayableCause, 'unknown-terms'> | 'gone';

/** A request of a slice for tokens, or for time. */
export interface Ask {
  readonly number: number;
  readonly scope: readonly SliceUse[];
  /** µAIT more, of which one request needs at least `atLeast`; and what goes back at once. */
  readonly tokens: bigint;
  readonly atLeast: bigint;
  readonly spare: bigint;
}

/** What became of a request of a slice. */
export type Answered = { readonly ask: Ask; readonly outcome: 'granted' | WalletRefusal | Refused['why'] };

/** Why and until when a slice that ends is still spent. */
export interface Ending {
  readonly reason: 'recalled' | 'ended';
  /** Why requests on it are cut off. */
  readonly why: SpendingEnd;
  /** Time at which they are cut off; epoch milliseconds. */
  readonly cutAt: number;
  /** Time at which the slice is given back, whatever still runs. */
  readonly until: number;
}

/** Time before the end of a slice at which it is not spent any more. */
export const stopBeforeMs = 2000;

/**
 * One slice at this process, by what metering and the wallet said of it: tokens, prices, times. It
 * has one request at a time under way.
 */
export class Slice {
  /** µAIT: granted, less what went back; spent by finished uses; set aside for running ones. */
  granted = 0n;
  spent = 0n;
  aside = 0n;
  /** µAIT that were left after the last grant, and the time of it. */
  size = 0n;
  grantedAt = 0;
  /** µAIT spent and set aside at the last grant. */
  takenThen = 0n;
  walletId: string | undefined;
  asked: Ask | undefined;
  ending: Ending | undefined;
  /** True once what ran on it was cut off. */
  isCut = false;
  scope: readonly SliceUse[] = [];
  free = new FreeUnits();
  validUntil = 0;
  tariffChangesAt = Number.POSITIVE_INFINITY;
  idleMs = 0;
  private renewBelowBps = 0n;
  private lists: readonly PriceList[] = [];
  private number = 0;
  private terms: Terms | undefined;
  private answer: WalletAnswer | undefined;

  constructor(readonly sliceId: string) {}

  /** µAIT that can be set aside. */
  get left(): bigint {
    return this.granted - this.spent - this.aside;
  }

  /** True if nothing was ever granted. */
  get isNew(): boolean {
    return this.validUntil === 0;
  }

  /** True if what runs may go on. */
  isSpendable(now: number): boolean {
    return now < this.validUntil - stopBeforeMs && (this.ending === undefined || now < this.ending.cutAt);
  }

  /** Prices of a use that begins now; undefined where they have to be asked for. */
  listFor(use: SliceUse, now: number): PriceList | undefined {
    return now < this.tariffChangesAt ? listFor(this.lists, use) : undefined;
  }

  /** True if so little is left that more is asked for beside serving. */
  get isLow(): boolean {
    return this.left * 10_000n < this.size * this.renewBelowBps;
  }

  /** Asks for more. What is spare goes back whatever the answer is, unless it is refused. */
  ask(wanted: Omit<Ask, 'number'>): Ask {
    this.number += 1;
    this.asked = { number: this.number, ...wanted };
    this.granted -= wanted.spare;
    this.terms = this.answer = undefined;
    return this.asked;
  }

  /** Terms of a request; they may come after the wallet's answer. */
  offered(terms: Terms, now: number): Answered | undefined {
    if (terms.number !== this.asked?.number) return undefined;
    this.terms = terms;
    return this.settle(now);
  }

  refused({ number, why }: Refused): Answered | undefined {
    return number === this.asked?.number ? this.answered(why) : undefined;
  }

  heldBy(answer: WalletAnswer, now: number): Answered | undefined {
    if (answer.number !== this.asked?.number) return undefined;
    this.answer = answer;
    this.walletId = answer.walletId;
    return this.settle(now);
  }

  private settle(now: number): Answered | undefined {
    const { terms, answer } = this;
    if (!answer) return undefined;
    if (typeof answer.granted !== 'bigint') return this.answered(answer.granted);
    if (!terms) return undefined;
    this.granted += answer.granted;
    this.take(terms, now);
    return this.answered('granted');
  }

  private take({ prices, scope, tariffChangesAt, validUntil, idleMs, renewBelowBps }: Terms, now: number): void {
    if (now >= this.tariffChangesAt) this.free = new FreeUnits();
    this.free.add(prices);
    this.lists = prices.map(priceListOf);
    this.scope = scope;
    this.tariffChangesAt = tariffChangesAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(tariffChangesAt);
    this.validUntil = Date.parse(validUntil);
    this.idleMs = idleMs;
    this.renewBelowBps = BigInt(renewBelowBps);
    this.size = this.left;
    this.grantedAt = now;
    this.takenThen = this.spent + this.aside;
  }

  private answered(outcome: Answered['outcome']): Answered {
    const ask = this.asked!;
    this.asked = undefined;
    // A refusal leaves the hold as it was.
    if (outcome !== 'granted') this.granted += ask.spare;
    return { ask, outcome };
  }

  /** Nothing begins any more. The first reason stays; the earlier times hold. */
  end(ending: Ending): void {
    const { reason, why, cutAt, until } = this.ending ?? ending;
    this.ending = { reason, why, cutAt: Math.min(cutAt, ending.cutAt), until: Math.min(until, ending.until) };
  }
}
