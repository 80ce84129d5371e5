import { instantOf } from '@tokengrid/contracts';
import type { Units } from '../serving/purse.ts';
import type { Ask, WalletRefusal } from './slice.ts';
import type { Action, BookLimits, Cut, Settlement } from './book-words.ts';
import { SliceBook } from './slice-book.ts';
import type { Spender } from './spendings.ts';

export const limits: BookLimits = {
  ...{ waitMs: 2000, finishMs: 400, neededMs: 400, settleMs: 30, refusalMs: 250, retryMs: 1000 },
  ...{ closedMs: 500, renewBeforeMs: 20_000, firstTokens: 100n },
};
export const walletId = `wal_${'1'.repeat(26)}`;
const validMs = 60_000;
const idleMs = 15_000;

/** A price of 2 µAIT for each output token, in any scope. */
export const unitPrice = 2n;
export const output = (count: number): Units => new Map([['output_tokens', BigInt(count) * 1_000_000n]]);

let spenders = 0;
export const spender = (count: number, over: Partial<Spender> = {}): Spender => ({
  ...{ requestId: `req-${++spenders}`, keyId: 'key_a', use: { model: 'qwen' }, estimate: output(count) },
  ...over,
});

/** A book whose process is played by a spec. */
export class PlayedBook {
  now = Date.UTC(2026, 0, 1);
  spendsUntil = Number.POSITIVE_INFINITY;
  recallsOthers = false;
  readonly settlements: Settlement[] = [];
  readonly cuts: Cut[] = [];
  readonly actions: Action[] = [];
  private slices = 0;
  readonly book = new SliceBook(limits, {
    newSliceId: () => `slice-${++this.slices}`,
    lastList: () => undefined,
    recallsOthers: () => this.recallsOthers,
    spendsUntil: () => this.spendsUntil,
  });

  /** Does what is next, after some milliseconds. */
  pass(ms = 0): readonly Action[] {
    this.now += ms;
    const done: Action[] = [];
    for (let action = this.book.next(this.now); action; action = this.book.next(this.now)) done.push(action);
    const { settlements, cuts } = this.book.takeNews();
    this.settlements.push(...settlements);
    this.cuts.push(...cuts);
    this.actions.push(...done);
    return done;
  }

  /** The request of the slice that is next. */
  ask(ms = 0): Ask {
    const [action] = this.pass(ms);
    if (action?.kind !== 'ask') throw new Error(`nothing is asked for: ${action?.kind}`);
    return action.ask;
  }

  open(asking: Spender): boolean {
    return this.book.open(asking, this.now);
  }

  /** Metering and the wallet grant a request. */
  grant({ number, scope }: Ask, granted: bigint, over: { readonly free?: string; readonly changesAt?: number } = {}) {
    const { free, changesAt } = over;
    const price = { meter: 'output_tokens', unitPrice: String(unitPrice), aggregation: 'sum' as const };
    const prices = scope.map(({ model }) => ({
      ...{ of: `model:${model}`, version: 1 },
      prices: [{ ...price, ...(free !== undefined && { free }) }],
    }));
    const ends = { validUntil: instantOf(this.now + validMs), idleMs, renewBelowBps: 3000 };
    const tariff = changesAt === undefined ? {} : { tariffChangesAt: instantOf(changesAt) };
    const sliceId = this.book.sliceId!;
    this.book.offered({ sliceId, number, scope: [...scope], prices, ...ends, ...tariff }, this.now);
    this.book.heldBy({ sliceId, number, walletId, granted }, this.now);
    return this.pass();
  }

  refuse({ number }: Ask, why: WalletRefusal) {
    this.book.heldBy({ sliceId: this.book.sliceId!, number, walletId, granted: why }, this.now);
    return this.pass();
  }
}
