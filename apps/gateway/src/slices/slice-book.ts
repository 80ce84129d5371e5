import type { SliceUse } from '@tokengrid/contracts';
import type { SpendingEnd, Units, UnpayableCause } from '../serving/purse.ts';
import type { EndedKey } from './ended-keys.ts';
import type { Action, BookLimits, BookSurroundings, Cut, Settlement, WalletsRefusal } from './book-words.ts';
import { reckon } from './price-list.ts';
import { type Answered, type Ask, type Refused, Slice, stopBeforeMs, type Terms, type WalletAnswer } from './slice.ts';
import { isWithin, scopeOf } from './slice-scope.ts';
import { larger, sizeAfter } from './slice-size.ts';
import { type Spender, Spendings, type SpentUse } from './spendings.ts';

/** A request that waits until tokens can be set aside for it. */
interface Waiting {
  readonly spender: Spender;
  /** Units that are passed on next; absent for a request that has not begun. */
  readonly units: Units | undefined;
  /** Time at which it has waited long enough; epoch milliseconds. */
  readonly until: number;
}

/**
 * A payer's tokens at this process: its slice, the requests that run on it, and those that wait.
 * It knows no clock and does nothing by itself: whoever tells it something asks what is next.
 */
export class SliceBook {
  private slice: Slice | undefined;
  readonly spendings = new Spendings(() => this.slice);
  private waiting: Waiting[] = [];
  private settlements: Settlement[] = [];
  private cuts: Cut[] = [];
  private refusal: WalletsRefusal | undefined;
  /** µAIT that a slice should have. */
  private target = 0n;
  private usedAt = 0;
  /** Times before which nothing, or nothing that no request waits for, is asked for. */
  private asksFrom = 0;
  private renewsFrom = 0;
  /** The slice that was given back last, until metering has closed it. */
  private closing: string | undefined;

  constructor(
    private readonly limits: BookLimits,
    private readonly around: BookSurroundings,
  ) {}

  get sliceId(): string | undefined {
    return this.slice?.sliceId;
  }

  /** µAIT that can be set aside. */
  get remaining(): bigint {
    return this.slice?.left ?? 0n;
  }

  /** True if a use may begin on the slice as soon as its tokens can be set aside. */
  isOpenFor(use: SliceUse, now: number): boolean {
    const { slice } = this;
    return !!slice && !slice.ending && slice.isSpendable(now) && slice.listFor(use, now) !== undefined;
  }

  /** True if there is nothing left to look after, and nothing to remember. */
  isOver(now: number): boolean {
    return this.slice === undefined && now >= this.asksFrom && this.waiting.length === 0 && this.spendings.isEmpty;
  }

  /** True if the wallet refused it lately. */
  get isRefused(): boolean {
    return this.refusal !== undefined;
  }

  /** True if it has to be looked at within milliseconds. */
  get isPressing(): boolean {
    return this.waiting.length > 0 || this.slice?.ending !== undefined;
  }

  /** True if more has to be asked for while what runs goes on. */
  get isLow(): boolean {
    return this.slice !== undefined && !this.slice.asked && this.slice.isLow;
  }

  /** @returns whether the request may begin; else it waits, and is settled later */
  open(spender: Spender, now: number): boolean {
    this.usedAt = now;
    if (this.maySpend(now) && this.spendings.begin(spender, now)) return true;
    this.waiting.push({ spender, units: undefined, until: now + this.limits.waitMs });
    return false;
  }

  /** @returns whether the units are set aside; undefined: it waits, and is settled later */
  flow(spender: Spender, units: Units, now: number): boolean | undefined {
    const { requestId } = spender;
    const { slice } = this;
    if (!slice?.isSpendable(now) || !this.spendings.has(requestId)) return false;
    if (this.maySpend(now) && this.spendings.pass(requestId, units)) return true;
    if (slice.ending) return false;
    this.waiting.push({ spender, units, until: now + this.limits.waitMs });
    return undefined;
  }

  /** @throws SpendingOver */
  finish(requestId: string, units: Units, now: number): SpentUse & { readonly isReported: boolean } {
    this.usedAt = now;
    this.forget(requestId);
    return this.spendings.finish(requestId, units);
  }

  drop(requestId: string): void {
    this.forget(requestId);
    this.spendings.drop(requestId);
  }

  /** Forgets that a request waits. */
  forget(requestId: string): void {
    this.waiting = this.waiting.filter(({ spender }) => spender.requestId !== requestId);
  }

  /** Metering states terms of the slice. */
  offered(terms: Terms, now: number): void {
    this.answered(this.asking(terms)?.offered(terms, now), now);
  }

  /** Metering refuses a request of the slice. */
  refused(refused: Refused, now: number): void {
    this.answered(this.asking(refused)?.refused(refused), now);
  }

  /** The wallet answers a request of the slice. */
  heldBy(answer: WalletAnswer, now: number): void {
    this.answered(this.asking(answer)?.heldBy(answer, now), now);
  }

  /** The slice that an answer is for; a slice that was given back has no use for its answers. */
  private asking({ sliceId }: { readonly sliceId: string }): Slice | undefined {
    return this.slice?.sliceId === sliceId ? this.slice : undefined;
  }

  /** Metering has closed a slice. */
  closed(sliceId: string, now: number): void {
    if (sliceId === this.closing) this.asksFrom = now;
    else if (sliceId === this.slice?.sliceId) this.recall('unavailable', now);
  }

  /**
   * Tokens of a wallet may be there again.
   * @returns whether it refused this payer: then it is asked once more
   */
  tokensCame(walletId: string): boolean {
    if (this.refusal?.walletId !== walletId) return false;
    this.refusal = undefined;
    return true;
  }

  /** Ends the slice: nothing begins on it any more. */
  recall(why: Exclude<SpendingEnd, 'tokens-ran-out'>, now: number): void {
    const cutAt = now + (why === 'needed' ? this.limits.neededMs : 0);
    const reason = why === 'unavailable' ? 'ended' : 'recalled';
    this.slice?.end({ reason, why, cutAt, until: cutAt + this.limits.finishMs });
  }

  /** API keys by which requests run or wait. */
  keyIds(): readonly string[] {
    return [...this.spendings.keyIds(), ...this.waiting.map(({ spender }) => spender.keyId)];
  }

  /** Ends what runs and waits by an API key. */
  endKey(keyId: string, why: EndedKey['why']): void {
    for (const requestId of this.spendings.ofKey(keyId)) this.cuts.push({ requestId, why });
    for (const { spender } of this.waiting) if (spender.keyId === keyId) this.settle(spender.requestId, 'suspended');
  }

  /** Gives up everything without a word: another process says what is left to say. */
  abandon(): void {
    for (const requestId of this.spendings.requestIds()) this.cuts.push({ requestId, why: 'unavailable' });
    for (const { spender } of this.waiting) this.settle(spender.requestId, 'unavailable');
    this.spendings.abandon();
    this.slice = undefined;
  }

  /** Gives the slice back at once: the process ends. */
  close(): Action | undefined {
    for (const { spender } of this.waiting) this.settle(spender.requestId, 'unavailable');
    return this.slice && this.giveBack('ended', 0);
  }

  /** What became of requests since the last time. */
  takeNews(): { readonly settlements: readonly Settlement[]; readonly cuts: readonly Cut[] } {
    const { settlements, cuts } = this;
    if (settlements.length > 0) this.settlements = [];
    if (cuts.length > 0) this.cuts = [];
    return { settlements, cuts };
  }

  /** What the process does next; undefined once there is nothing more to do now. */
  next(now: number): Action | undefined {
    this.endInTime(now);
    this.serve(now);
    this.refuse(now);
    const { slice } = this;
    if (slice?.ending) {
      const isFree = this.spendings.size === 0 || now >= slice.ending.until;
      return isFree ? this.giveBack(slice.ending.reason, now) : undefined;
    }
    if (slice && this.isIdle(slice, now)) return this.giveBack('idle', now);
    if (slice?.asked || !this.maySpend(now)) return undefined;
    const wanted = this.wanted(slice, now);
    if (!wanted) return undefined;
    const asking = (this.slice ??= new Slice(this.around.newSliceId()));
    return { kind: 'ask', sliceId: asking.sliceId, ask: asking.ask(wanted) };
  }

  private maySpend(now: number): boolean {
    return now < this.around.spendsUntil();
  }

  /** Ends a slice whose time is over, and cuts off what still runs on one that ends. */
  private endInTime(now: number): void {
    const { slice } = this;
    if (!slice) return;
    if (!slice.isNew && now >= slice.validUntil - stopBeforeMs) this.recall('unavailable', now);
    const { ending } = slice;
    if (!ending || now < ending.cutAt || slice.isCut) return;
    slice.isCut = true;
    for (const requestId of this.spendings.requestIds()) this.cuts.push({ requestId, why: ending.why });
    for (const { spender, units } of this.waiting) if (units) this.settle(spender.requestId, 'unavailable');
  }

  /** Sets tokens aside for requests that wait, in their order; those who run come first. */
  private serve(now: number): void {
    if (this.waiting.length === 0 || !this.maySpend(now)) return;
    if (this.slice?.isSpendable(now)) {
      for (const { spender, units } of this.waiting) {
        if (units && this.spendings.pass(spender.requestId, units)) this.settle(spender.requestId, undefined);
      }
    }
    for (const { spender, units } of this.waiting) {
      if (!units && this.spendings.begin(spender, now)) this.settle(spender.requestId, undefined);
    }
  }

  /** Refuses what waited too long, and what the wallet has no tokens for anywhere. */
  private refuse(now: number): void {
    const { refusal, limits } = this;
    const isFinal = refusal && now >= refusal.at + limits.settleMs && !this.isCollecting(now);
    for (const waiting of this.waiting) {
      const isRefused = refusal && this.isRefusedTo(waiting, now);
      if ((isFinal && isRefused) || now >= waiting.until)
        this.settle(waiting.spender.requestId, isRefused ? refusal.why : 'unavailable');
    }
    if (isFinal && now >= refusal.at + limits.refusalMs) this.refusal = undefined;
  }

  /** True for a request that the wallet has no tokens for; one without a cost needs none. */
  private isRefusedTo({ spender, units }: Waiting, now: number): boolean {
    const { refusal } = this;
    if (!refusal) return false;
    if (refusal.of === 'all') return true;
    return isWithin([spender.use], refusal.of) && this.costOf({ spender, units }, now) > 0n;
  }

  /** True while others give back tokens that were refused here. */
  private isCollecting(now: number): boolean {
    const walletId = this.refusal?.walletId;
    return walletId !== undefined && this.around.recallsOthers(walletId, now);
  }

  private settle(requestId: string, refusal: UnpayableCause | undefined): void {
    this.settlements.push({ requestId, refusal });
    this.forget(requestId);
  }

  private isIdle({ asked, isNew, idleMs }: Slice, now: number): boolean {
    return !asked && !isNew && this.spendings.size + this.waiting.length === 0 && now >= this.usedAt + idleMs;
  }

  private giveBack(reason: 'idle' | 'recalled' | 'ended', now: number): Action {
    const { sliceId } = this.slice!;
    const uses = this.spendings.cutAll();
    this.slice = undefined;
    this.closing = sliceId;
    this.asksFrom = now + this.limits.closedMs;
    return { kind: 'return', sliceId, reason, uses };
  }

  private answered(answered: Answered | undefined, now: number): void {
    if (!answered) return;
    const { ask, outcome } = answered;
    const slice = this.slice!;
    if (outcome === 'granted') {
      this.refusal = undefined;
      return;
    }
    this.renewsFrom = now + this.limits.retryMs;
    switch (outcome) {
      case 'insufficient-tokens':
      case 'limit-exceeded': {
        // Of the first use: those behind it may cost nothing.
        const before = this.refusal?.of ?? [];
        const of = before === 'all' ? [] : before;
        this.refusal = { why: outcome, at: now, walletId: slice.walletId, of: [...of, ...ask.scope.slice(0, 1)] };
        break;
      }
      case 'frozen':
      case 'suspended':
      case 'unavailable':
        this.refusal = { why: outcome, at: now, walletId: slice.walletId, of: 'all' };
        break;
      case 'too-many-slices':
      case 'outdated-epoch':
        this.refusal = { why: 'unavailable', at: now, walletId: undefined, of: 'all' };
        break;
      case 'terms-unknown':
        this.lackTerms(slice, ask);
        break;
      case 'another-is-open':
        break;
      case 'period-over': {
        // What runs is of the month that is over: it goes on as long as the slice does.
        const until = slice.validUntil - stopBeforeMs;
        slice.end({ reason: 'ended', why: 'unavailable', cutAt: until, until: until + this.limits.finishMs });
        break;
      }
      case 'recalled':
        this.recall('needed', now);
        break;
      case 'not-open':
      case 'gone':
        this.recall('unavailable', now);
        break;
    }
    // A slice that never began has nothing to wait for.
    if (ask.number === 1) this.recall('unavailable', now);
  }

  /** Refuses what is new in a request, or leaves out of the next one what nobody uses now. */
  private lackTerms(slice: Slice, { scope }: Ask): void {
    const isNew = ({ use }: Spender) => !isWithin([use], slice.scope);
    const some = this.waiting.filter(({ spender }) => isNew(spender));
    const inUse = scopeOf(this.spendings.uses(), usesOf(this.waiting));
    if (some.length === 0 && !isWithin(scope, inUse)) slice.scope = inUse;
    else
      for (const { spender } of some.length > 0 ? some : this.waiting) this.settle(spender.requestId, 'unknown-terms');
  }

  /** What is asked for now; undefined: nothing. */
  private wanted(slice: Slice | undefined, now: number): Omit<Ask, 'number'> | undefined {
    if (this.waiting.length > 0) {
      const asking = this.waiting.filter((waiting) => !this.isRefusedTo(waiting, now));
      return asking.length === 0 || now < this.asksFrom ? undefined : this.wantedBy(asking, slice, now);
    }
    if (!slice || slice.isNew || now < this.renewsFrom) return undefined;
    if (this.spendings.size === 0 && now >= this.usedAt + slice.idleMs / 2) return undefined;
    const { left } = slice;
    const isDue = now >= slice.validUntil - this.limits.renewBeforeMs || now >= slice.tariffChangesAt;
    if (!isDue && !slice.isLow) return undefined;
    this.resize(slice, now);
    const spare = isDue && left > 4n * this.target ? left - 2n * this.target : 0n;
    const tokens = larger(this.target - left, 0n);
    if (!isDue && tokens === 0n) {
      // Less is spent than before: what is left is enough.
      slice.size = left;
      return undefined;
    }
    // A slice that is due needs time, with or without more tokens.
    const atLeast = isDue || tokens === 0n ? 0n : 1n;
    return { scope: scopeOf(this.spendings.uses(), slice.scope), tokens, atLeast, spare };
  }

  private wantedBy(asking: readonly Waiting[], slice: Slice | undefined, now: number): Omit<Ask, 'number'> {
    const costs = asking.map((waiting) => this.costOf(waiting, now));
    const needed = costs.reduce((sum, cost) => sum + cost, 0n);
    if (slice && !slice.isNew) this.resize(slice, now);
    this.target = larger(larger(this.target, this.limits.firstTokens), 4n * costs[0]!);
    const left = slice?.left ?? 0n;
    const least = slice ? 0n : 1n;
    const tokens = larger(larger(this.target, needed) - left, least);
    const atLeast = larger(costs[0]! - left, least);
    const scope = scopeOf(usesOf(asking), this.spendings.uses(), slice?.scope ?? []);
    return { scope, tokens, atLeast, spare: 0n };
  }

  /** µAIT that a request needs to go on, as far as its prices are known. */
  private costOf({ spender, units }: Pick<Waiting, 'spender' | 'units'>, now: number): bigint {
    if (units) return this.spendings.costToPass(spender.requestId, units);
    const known = this.spendings.costToBegin(spender, now);
    if (known !== undefined) return known;
    const last = this.around.lastList(spender.use);
    return last ? reckon(last, spender.estimate, () => 0n).tokens : this.limits.firstTokens;
  }

  private resize(slice: Slice, now: number): void {
    this.target = sizeAfter(this.target, slice.spent + slice.aside - slice.takenThen, BigInt(now - slice.grantedAt));
  }
}

const usesOf = (waiting: readonly Waiting[]): readonly SliceUse[] => waiting.map(({ spender }) => spender.use);
