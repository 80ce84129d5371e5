import { describe, expect, it } from '@jest/globals';
import { limits, output, PlayedBook, spender, walletId } from './slice-book.fixture.ts';
import { SpendingOver } from './spendings.ts';

/** A book with a slice of some µAIT, at 2 µAIT a unit. */
function granted(tokens: bigint): PlayedBook {
  const played = new PlayedBook();
  const first = spender(1);
  played.open(first);
  played.grant(played.ask(), tokens);
  played.book.drop(first.requestId);
  played.pass();
  played.settlements.length = 0;
  return played;
}

describe('a payer without a slice', () => {
  it('waits for one that covers its first request, and starts once it is granted', () => {
    const played = new PlayedBook();
    const request = spender(10);
    expect(played.open(request)).toBe(false);
    expect(played.ask()).toEqual({
      ...{ number: 1, scope: [{ model: 'qwen' }], spare: 0n },
      ...{ tokens: 4n * limits.firstTokens, atLeast: limits.firstTokens },
    });
    expect(played.pass()).toEqual([]);
    played.grant({ number: 1, scope: [{ model: 'qwen' }], tokens: 0n, atLeast: 0n, spare: 0n }, 100n);
    expect(played.settlements).toEqual([{ requestId: request.requestId, refusal: undefined }]);
    expect(played.book.remaining).toBe(80n);
  });

  it('takes the wallet at its word before the terms come, but starts after both', () => {
    const played = new PlayedBook();
    played.open(spender(10));
    const ask = played.ask();
    played.book.heldBy({ sliceId: 'slice-1', number: 1, walletId, granted: 100n }, played.now);
    expect([played.pass(), played.settlements]).toEqual([[], []]);
    played.grant(ask, 100n);
    expect(played.settlements).toHaveLength(1);
  });

  it('does not get the tokens of a slice that was given back before they came', () => {
    const played = new PlayedBook();
    played.open(spender(10));
    const given = played.ask();
    played.book.recall('suspended', played.now);
    expect(played.pass()).toMatchObject([{ kind: 'return', sliceId: 'slice-1' }]);
    const ask = played.ask(limits.closedMs);
    expect([given.number, ask.number, played.book.sliceId]).toEqual([1, 1, 'slice-2']);
    played.book.heldBy({ sliceId: 'slice-1', number: 1, walletId, granted: 900n }, played.now);
    played.grant(ask, 100n);
    expect(played.book.remaining).toBe(80n);
  });

  it('is refused once the wallet refused and no other process gives tokens back', () => {
    const played = new PlayedBook();
    const request = spender(10);
    played.open(request);
    const returned = played.refuse(played.ask(), 'insufficient-tokens');
    expect(returned).toEqual([{ kind: 'return', sliceId: 'slice-1', reason: 'ended', uses: [] }]);
    expect(played.settlements).toEqual([]);
    played.pass(limits.settleMs);
    expect(played.settlements).toEqual([{ requestId: request.requestId, refusal: 'insufficient-tokens' }]);
  });

  it('asks for the next use where the wallet has no tokens for the first one: it may cost nothing', () => {
    const played = new PlayedBook();
    const [paid, free] = [spender(10), spender(10, { use: { model: 'free' } })];
    for (const each of [paid, free]) played.open(each);
    played.refuse(played.ask(), 'insufficient-tokens');
    played.pass(limits.settleMs);
    expect(played.settlements).toEqual([{ requestId: paid.requestId, refusal: 'insufficient-tokens' }]);
    const ask = played.ask(limits.closedMs);
    expect(ask.scope).toEqual([{ model: 'free' }]);
    played.grant(ask, 0n, { free: '1000' });
    expect(played.settlements.slice(1)).toEqual([{ requestId: free.requestId, refusal: undefined }]);
    const again = spender(10);
    played.open(again);
    played.refuse(played.ask(), 'insufficient-tokens');
    played.open(spender(10, { use: { model: 'free' } }));
    played.pass(limits.settleMs);
    expect(played.settlements.slice(2)).toEqual([{ requestId: again.requestId, refusal: 'insufficient-tokens' }]);
  });

  it('refuses each use that the wallet refused, once for all requests of it', () => {
    const played = new PlayedBook();
    const [one, other] = [spender(10), spender(10, { use: { model: 'other' } })];
    for (const each of [one, other]) played.open(each);
    played.refuse(played.ask(), 'insufficient-tokens');
    played.book.closed('slice-1', played.now);
    played.refuse(played.ask(), 'insufficient-tokens');
    const more = [spender(1), spender(1, { use: { model: 'other' } })];
    for (const each of more) played.open(each);
    expect(played.pass(limits.settleMs)).toEqual([]);
    expect(played.settlements).toEqual(
      [one, other, ...more].map(({ requestId }) => ({ requestId, refusal: 'insufficient-tokens' })),
    );
  });

  it('asks once more as soon as tokens come back from other processes', () => {
    const played = new PlayedBook();
    played.open(spender(10));
    played.refuse(played.ask(), 'insufficient-tokens');
    played.recallsOthers = true;
    expect(played.pass(700)).toEqual([]);
    played.book.closed('slice-1', played.now);
    played.book.tokensCame(walletId);
    played.grant(played.ask(), 100n);
    expect(played.settlements).toMatchObject([{ refusal: undefined }]);
  });

  it('hears "unavailable", not "insufficient", where nobody answers in time', () => {
    const played = new PlayedBook();
    played.open(spender(10));
    played.ask();
    played.pass(limits.waitMs - 1);
    expect(played.settlements).toEqual([]);
    played.pass(1);
    expect(played.settlements).toMatchObject([{ refusal: 'unavailable' }]);
  });
});

describe('a slice', () => {
  it('is shared by requests, and what they do not use is free again', () => {
    const played = granted(100n);
    const [one, other] = [spender(30), spender(20)];
    expect([played.open(one), played.open(other)]).toEqual([true, true]);
    expect(played.book.remaining).toBe(0n);
    const spent = played.book.finish(one.requestId, output(25), played.now);
    expect(spent).toMatchObject({ sliceId: 'slice-1', isReported: false, taken: { tokens: 50n } });
    played.book.drop(other.requestId);
    expect(played.book.remaining).toBe(50n);
  });

  it('has the next 64 units of a running request set aside, and fewer where it has not so many', () => {
    const played = granted(400n);
    const request = spender(1);
    played.open(request);
    const flow = (count: number) => played.book.flow(request, output(count), played.now);
    expect([flow(1), played.book.remaining]).toEqual([true, 398n]);
    expect([flow(2), played.book.remaining]).toEqual([true, 400n - 2n * 66n]);
    expect([flow(66), played.book.remaining]).toEqual([true, 400n - 2n * 66n]);
    expect([flow(150), played.book.remaining]).toEqual([true, 100n]);
    expect([flow(200), played.book.remaining]).toEqual([true, 0n]);
    expect(flow(201)).toBeUndefined();
  });

  it('is renewed beside serving once less than 30 % is left, one request at a time', () => {
    const played = granted(100n);
    const request = spender(35);
    played.open(request);
    expect(played.pass()).toEqual([]);
    played.open(spender(1));
    expect(played.ask()).toMatchObject({ number: 2, scope: [{ model: 'qwen' }], spare: 0n });
    played.open(spender(1));
    expect(played.pass()).toEqual([]);
  });

  it('is renewed for a model that comes into its scope', () => {
    const played = granted(100n);
    const request = spender(1, { use: { model: 'llama' } });
    expect(played.open(request)).toBe(false);
    const ask = played.ask();
    expect(ask).toMatchObject({ number: 2, scope: [{ model: 'llama' }, { model: 'qwen' }] });
    played.grant(ask, ask.tokens);
    expect(played.settlements).toEqual([{ requestId: request.requestId, refusal: undefined }]);
  });

  it('does without a model of which nothing is known', () => {
    const played = granted(100n);
    const request = spender(1, { use: { model: 'unknown' } });
    played.open(request);
    const { number } = played.ask();
    played.book.refused({ sliceId: played.book.sliceId!, number, why: 'terms-unknown' }, played.now);
    played.pass();
    expect(played.settlements).toEqual([{ requestId: request.requestId, refusal: 'unknown-terms' }]);
    expect(played.open(spender(1))).toBe(true);
  });

  it('has free units that cost nothing, each once', () => {
    const played = new PlayedBook();
    const first = spender(10);
    played.open(first);
    played.grant(played.ask(), 100n, { free: '15' });
    const second = spender(10);
    played.open(second);
    expect(played.book.remaining).toBe(90n);
    const spent = played.book.finish(first.requestId, output(4), played.now);
    expect(spent.taken).toEqual({ tokens: 0n, free: output(4) });
    expect(played.book.finish(second.requestId, output(12), played.now).taken).toEqual({
      ...{ tokens: 2n, free: output(11) },
    });
  });

  it('is not begun on from a change of prices on, until it is renewed; what runs goes on at its prices', () => {
    const played = new PlayedBook();
    const running = spender(1);
    played.open(running);
    played.grant(played.ask(), 1000n, { changesAt: played.now + 5000 });
    played.now += 5000;
    const later = spender(1);
    expect(played.open(later)).toBe(false);
    expect(played.book.flow(running, output(2), played.now)).toBe(true);
    played.grant(played.ask(), 0n);
    expect(played.settlements.at(-1)).toEqual({ requestId: later.requestId, refusal: undefined });
  });

  it('is given back when it was idle', () => {
    const played = granted(100n);
    expect(played.pass(14_999)).toEqual([]);
    expect(played.pass(1)).toEqual([{ kind: 'return', sliceId: 'slice-1', reason: 'idle', uses: [] }]);
    expect([0, limits.closedMs].map((ms) => played.book.isOver(played.now + ms))).toEqual([false, true]);
  });

  it('is given back two seconds before its end, if it is not renewed', () => {
    const played = granted(1000n);
    const request = spender(1);
    played.open(request);
    played.book.flow(request, output(1), played.now);
    expect(played.pass(40_000)).toMatchObject([{ kind: 'ask', ask: { number: 2 } }]);
    expect([played.pass(17_999), played.cuts]).toEqual([[], []]);
    played.pass(1);
    expect(played.cuts).toEqual([{ requestId: request.requestId, why: 'unavailable' }]);
    expect(played.pass(limits.finishMs)).toMatchObject([
      { kind: 'return', reason: 'ended', uses: [{ spender: request, units: output(1) }] },
    ]);
  });

  it('gives back most of what it does not need as it is renewed, unless that is refused', () => {
    const played = granted(10_000n);
    const request = spender(1);
    played.open(request);
    const ask = played.ask(45_000);
    const { remaining } = played.book;
    expect(ask).toMatchObject({ number: 2, tokens: 0n });
    expect([ask.spare > 0n, remaining]).toEqual([true, 9998n - ask.spare]);
    played.refuse(ask, 'insufficient-tokens');
    expect(played.book.remaining).toBe(9998n);
  });

  it('that ends is spent by nobody, and a new one is asked for once metering has closed it', () => {
    const played = granted(1000n);
    played.book.recall('frozen', played.now);
    expect(played.pass()).toEqual([{ kind: 'return', sliceId: 'slice-1', reason: 'recalled', uses: [] }]);
    expect([played.open(spender(1)), played.pass()]).toEqual([false, []]);
    played.book.closed('slice-1', played.now);
    expect(played.pass()).toMatchObject([{ kind: 'ask', sliceId: 'slice-2', ask: { number: 1 } }]);
  });
});

describe('a slice that is called back', () => {
  it('cuts off what runs at once, and is given back with what was passed on', () => {
    const played = granted(1000n);
    const [one, other] = [spender(5), spender(5)];
    played.open(one);
    played.open(other);
    played.book.flow(one, output(7), played.now);
    played.book.recall('frozen', played.now);
    played.pass();
    expect(played.cuts).toEqual([
      { requestId: one.requestId, why: 'frozen' },
      { requestId: other.requestId, why: 'frozen' },
    ]);
    expect(played.book.flow(one, output(8), played.now)).toBe(false);
    expect(played.pass(limits.finishMs)).toMatchObject([
      { kind: 'return', reason: 'recalled', uses: [{ spender: one, units: output(7), taken: { tokens: 14n } }] },
    ]);
    expect(played.book.finish(one.requestId, output(7), played.now)).toMatchObject({ isReported: true });
    expect(() => played.book.finish(other.requestId, output(5), played.now)).toThrow(SpendingOver);
  });

  it('lets what runs finish for a moment, where its tokens are needed elsewhere', () => {
    const played = granted(1000n);
    const request = spender(5);
    played.open(request);
    played.book.recall('needed', played.now);
    expect([played.pass(limits.neededMs - 1), played.cuts]).toEqual([[], []]);
    expect(played.book.finish(request.requestId, output(5), played.now)).toMatchObject({ taken: { tokens: 10n } });
    expect(played.pass()).toEqual([{ kind: 'return', sliceId: 'slice-1', reason: 'recalled', uses: [] }]);
  });
});

describe('a process whose lease is in doubt', () => {
  it('spends nothing until it has renewed it', () => {
    const played = granted(1000n);
    const request = spender(1);
    played.open(request);
    played.spendsUntil = played.now;
    expect(played.open(spender(1))).toBe(false);
    expect(played.book.flow(request, output(2), played.now)).toBeUndefined();
    played.pass(10);
    expect(played.settlements).toEqual([]);
    played.spendsUntil = Number.POSITIVE_INFINITY;
    played.pass();
    expect(played.settlements).toMatchObject([{ refusal: undefined }, { refusal: undefined }]);
  });
});
