import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { limits, output, PlayedBook, spender, unitPrice } from './slice-book.fixture.ts';
import type { Action } from './book-words.ts';
import type { Ask } from './slice.ts';
import type { Spender } from './spendings.ts';

const anyStep = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('open' as const), count: fc.integer({ min: 0, max: 60 }) }) },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('flow' as const), at: fc.nat(), count: fc.integer({ min: 1, max: 90 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('finish' as const), at: fc.nat(), part: fc.integer({ min: 0, max: 100 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('drop' as const), at: fc.nat() }) },
  { weight: 9, arbitrary: fc.record({ do: fc.constant('answer' as const), part: fc.integer({ min: 1, max: 100 }) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      ms: fc.constantFrom(0, 1, 1, 30, 30, 250, 1000, 1999, 2000, 12_000),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'recall' as const }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('lease' as const), holds: fc.boolean() }) },
);
type Step = typeof anyStep extends fc.Arbitrary<infer T> ? T : never;

/** A request as the model sees it: units that it passed on. */
interface Request {
  readonly spender: Spender;
  count: number;
  isWaiting: boolean;
  since: number;
}

/** A wallet, and what a slice of it has, kept from what was said alone. */
class Model {
  readonly played = new PlayedBook();
  private available: bigint;
  private readonly asked = new Map<string, Ask>();
  private readonly granted = new Map<string, bigint>();
  private readonly spent = new Map<string, bigint>();
  private readonly numbers = new Map<string, number>();
  private readonly requests: Request[] = [];
  private seen = 0;

  constructor(available: number) {
    this.available = BigInt(available);
  }

  do(step: Step): void {
    const { book } = this.played;
    switch (step.do) {
      case 'open':
        return this.open(step.count);
      case 'flow': {
        const request = this.one(step.at);
        if (!request) return;
        const next = request.count + step.count;
        const passed = book.flow(request.spender, output(next), this.played.now);
        if (passed === true) request.count = next;
        if (passed === undefined) this.waits(request);
        return;
      }
      case 'finish': {
        const request = this.one(step.at);
        const most =
          request && Math.max(request.count, Number(request.spender.estimate.get('output_tokens')! / 1_000_000n));
        if (request) this.finish(request, Math.floor((most! * step.part) / 100));
        return;
      }
      case 'drop': {
        const request = this.one(step.at);
        if (!request) return;
        book.drop(request.spender.requestId);
        this.requests.splice(this.requests.indexOf(request), 1);
        return;
      }
      case 'answer':
        return this.answer(BigInt(step.part));
      case 'pass':
        this.played.now += step.ms;
        return;
      case 'recall':
        return book.recall('needed', this.played.now);
      case 'lease':
        this.played.spendsUntil = step.holds ? Number.POSITIVE_INFINITY : this.played.now;
    }
  }

  private one(at: number): Request | undefined {
    const idle = this.requests.filter(({ isWaiting }) => !isWaiting);
    return idle[at % Math.max(1, idle.length)];
  }

  private open(count: number): void {
    const request = { spender: spender(count), count: 0, isWaiting: false, since: 0 };
    this.requests.push(request);
    if (!this.played.open(request.spender)) this.waits(request);
  }

  private waits(request: Request): void {
    request.isWaiting = true;
    request.since = this.played.now;
  }

  private finish(request: Request, count: number): void {
    this.requests.splice(this.requests.indexOf(request), 1);
    try {
      const { sliceId, taken, isReported } = this.played.book.finish(
        request.spender.requestId,
        output(count),
        this.played.now,
      );
      if (!isReported) this.spend(sliceId, taken.tokens);
    } catch (error) {
      expect(error).toMatchObject({ name: 'SpendingOver' });
    }
  }

  private spend(sliceId: string, tokens: bigint): void {
    const spent = (this.spent.get(sliceId) ?? 0n) + tokens;
    this.spent.set(sliceId, spent);
    expect(spent <= (this.granted.get(sliceId) ?? 0n)).toBe(true);
  }

  /** Answers the request that is under way, if any: a part of what is wanted, or nothing. */
  private answer(part: bigint): void {
    const [[sliceId, ask] = []] = this.asked;
    if (!sliceId || !ask) return;
    this.asked.delete(sliceId);
    const wanted = (ask.tokens * part) / 100n;
    const granted = [wanted, ask.tokens === 0n ? 0n : 1n].reduce((a, b) => (a > b ? a : b));
    if (this.available < granted) this.did(this.played.refuse(ask, 'insufficient-tokens'));
    else {
      this.available -= granted;
      this.granted.set(sliceId, (this.granted.get(sliceId) ?? 0n) + granted - ask.spare);
      this.did(this.played.grant(ask, granted));
    }
  }

  private did(actions: readonly Action[]): void {
    for (const action of actions) {
      if (action.kind === 'ask') {
        expect([...this.asked.keys()]).not.toContain(action.sliceId);
        expect(action.ask.number).toBe((this.numbers.get(action.sliceId) ?? 0) + 1);
        expect(action.ask.tokens >= action.ask.atLeast).toBe(true);
        this.numbers.set(action.sliceId, action.ask.number);
        this.asked.set(action.sliceId, action.ask);
      } else {
        for (const { sliceId, taken } of action.uses) this.spend(sliceId, taken.tokens);
        this.asked.delete(action.sliceId);
        this.available += (this.granted.get(action.sliceId) ?? 0n) - (this.spent.get(action.sliceId) ?? 0n);
        this.played.book.closed(action.sliceId, this.played.now);
      }
    }
  }

  /** What is next, and what has to hold after it. */
  check(): void {
    const { played } = this;
    this.did(played.pass());
    const { remaining, sliceId } = played.book;
    expect(remaining >= 0n).toBe(true);
    const left = sliceId === undefined ? 0n : (this.granted.get(sliceId) ?? 0n) - (this.spent.get(sliceId) ?? 0n);
    const spare = (sliceId !== undefined && this.asked.get(sliceId)?.spare) || 0n;
    if (played.book.spendings.size === 0) expect(remaining).toBe(left - spare);
    else expect(remaining <= left - spare).toBe(true);
    for (const { requestId, refusal } of played.settlements.slice(this.seen)) {
      const request = this.requests.find((each) => each.spender.requestId === requestId)!;
      request.isWaiting = false;
      const isOpening = request.count === 0 && refusal !== undefined && !played.book.spendings.has(requestId);
      // Nobody is refused for lack of tokens while its own slice has enough.
      if (isOpening && refusal === 'insufficient-tokens') expect(this.fits(request)).toBe(false);
      if (isOpening) this.requests.splice(this.requests.indexOf(request), 1);
    }
    this.seen = played.settlements.length;
    for (const request of this.requests) {
      if (request.isWaiting) expect(played.now - request.since).toBeLessThan(limits.waitMs);
    }
  }

  private fits({ spender: { estimate } }: Request): boolean {
    const { book, now, spendsUntil } = this.played;
    const cost = (estimate.get('output_tokens')! / 1_000_000n) * unitPrice;
    return book.isOpenFor({ model: 'qwen' }, now) && now < spendsUntil && cost <= book.remaining;
  }
}

it('spends no more than was granted, asks for one thing at a time, and leaves nobody waiting', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 3000 }),
      fc.array(anyStep, { minLength: 60, maxLength: 200 }),
      (available, steps) => {
        const model = new Model(available);
        for (const step of steps) {
          model.do(step);
          model.check();
        }
      },
    ),
    { numRuns: 250 },
  );
});
