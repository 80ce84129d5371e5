import { type Amounts, amountsBy, type Counted, moreThan } from './amounts.ts';

/** Milliseconds for which a use counts, and of a slot of uses that stop to count together. */
export const windowMs = 60_000;
const slotMs = 1000;
/** Time for which an allowance may be used: others count it as used for as long as its window. */
const allowanceMs = 5000;
/** Time for which nothing more is asked for after there was none. */
const refusedMs = 100;

/** Uses that began in one second; a slot stops to count when all of it is a minute old. */
interface Slot {
  readonly endsAt: number;
  requests: number;
  units: number;
}

/** What a process may use of a person's limits until it asks again. */
export interface Allowance {
  /** It may use this without asking. */
  readonly allowed: Amounts;
  /** Rest of the limits, of which the others may use a part. */
  readonly room: Amounts;
}

const none = amountsBy(() => 0);

/**
 * Uses of a person's keys at this process in the last minute, and what it may use of the person's
 * limits. It knows no clock: times are monotonic milliseconds.
 */
export class PersonUse {
  private slots: Slot[] = [];
  private running = 0;
  private allowed: Amounts = none;
  private room: Amounts = none;
  private allowedUntil = 0;
  private asksFrom = 0;
  /** What began and ended since it was asked last, which the answer does not know of. */
  private takenSince: Amounts = none;
  /** True if others know of nothing that is used here. */
  private isUnknown = true;

  constructor(
    readonly person: string,
    /** Limits of the person; infinite where there is none. */
    readonly most: Amounts,
  ) {}

  /** True if nothing of it counts any more, and others know. */
  isOver(now: number): boolean {
    this.forget(now);
    return this.isUnknown && this.slots.length === 0 && this.running === 0;
  }

  /** What counts now. */
  used(now: number): Amounts {
    this.forget(now);
    const sum = (what: 'requests' | 'units') => this.slots.reduce((total, slot) => total + slot[what], 0);
    return { requests: sum('requests'), units: Math.max(0, sum('units')), streams: this.running };
  }

  /** What is lacking for a use; undefined: it may begin. */
  lacks(wish: Amounts, now: number): Counted | undefined {
    return moreThan(wish, now < this.allowedUntil ? this.allowed : this.emptied());
  }

  /** True if asking for more now is of no use. */
  isRefused(now: number): boolean {
    return now < this.asksFrom;
  }

  /** True if something began or ended since it was asked last. */
  get wasUsed(): boolean {
    return moreThan(this.takenSince, none) !== undefined;
  }

  /**
   * It is asked what may be used. Nothing begins until the answer: others would not know of it.
   * @returns what counts now
   */
  asking(now: number): Amounts {
    this.takenSince = none;
    this.allowed = this.emptied();
    return this.used(now);
  }

  /**
   * Takes the answer.
   * @param wish what was wanted; undefined: nothing, and no share
   */
  answered({ allowed, room }: Allowance, wish: Amounts | undefined, now: number): void {
    const { takenSince } = this;
    this.allowed = amountsBy((what) => allowed[what] - takenSince[what]);
    this.room = amountsBy((what) => room[what] - takenSince[what]);
    this.allowedUntil = now + allowanceMs;
    this.isUnknown = wish === undefined && moreThan(this.used(now), none) === undefined;
    if (wish && moreThan(wish, allowed)) this.asksFrom = now + refusedMs;
  }

  /** Begins a use. @returns what ends it */
  begin(wish: Amounts, now: number): (units: number, now: number) => void {
    const slot = this.slotOf(now);
    slot.requests += wish.requests;
    slot.units += wish.units;
    this.take(wish);
    this.running += wish.streams;
    return (units, then) => {
      // What it used beside its estimate counts from now on; what it did not, is free at once.
      const more = units - wish.units;
      (more > 0 ? this.slotOf(then) : slot).units += more;
      this.running -= wish.streams;
      this.take({ requests: 0, units: more, streams: -wish.streams });
    };
  }

  /** Rest of the limits, as far as it is known here. */
  remaining(what: Counted): number {
    return Math.max(0, this.room[what]);
  }

  /** Milliseconds until something that counts stops to, at the latest. */
  freesIn(what: Counted, now: number): number {
    if (what === 'streams') return slotMs;
    this.forget(now);
    const oldest = this.slots.find((slot) => slot[what] > 0);
    return oldest ? oldest.endsAt - now : windowMs;
  }

  /** Milliseconds until nothing of now counts any more. */
  resetsIn(now: number): number {
    this.forget(now);
    const newest = this.slots.at(-1);
    return newest ? newest.endsAt - now : 0;
  }

  private emptied(): Amounts {
    return amountsBy((what) => (this.most[what] === Infinity ? Infinity : 0));
  }

  private take(taken: Amounts): void {
    this.takenSince = amountsBy((what) => this.takenSince[what] + taken[what]);
    this.allowed = amountsBy((what) => this.allowed[what] - taken[what]);
    this.room = amountsBy((what) => this.room[what] - taken[what]);
  }

  private slotOf(now: number): Slot {
    const last = this.slots.at(-1);
    const endsAt = Math.ceil((now + 1) / slotMs) * slotMs + windowMs;
    if (last?.endsAt === endsAt) return last;
    const slot = { endsAt, requests: 0, units: 0 };
    this.slots.push(slot);
    return slot;
  }

  private forget(now: number): void {
    while (this.slots.length > 0 && this.slots[0]!.endsAt <= now) this.slots.shift();
  }
}
