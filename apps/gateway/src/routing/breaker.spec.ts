import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { AttemptOutcome } from '../serving/routes.ts';
import { type Breaker, breakerRules as rules, closedBreaker, passageOf, probed, told } from './breaker.ts';

const delivered = { kind: 'delivered', firstUnitMs: 1 } as const;
const failed = { kind: 'failed' } as const;
const busy = (retryAfterMs: number) => ({ kind: 'busy', retryAfterMs }) as const;

/** The breaker after outcomes at times. */
const after = (outcomes: readonly (readonly [at: number, outcome: AttemptOutcome])[], from: Breaker = closedBreaker) =>
  outcomes.reduce((breaker, [at, outcome]) => told(breaker, outcome, at, rules), from);
const seconds = (count: number, outcome: (index: number) => AttemptOutcome) =>
  Array.from({ length: count }, (_, index) => [index * 1000, outcome(index)] as const);

describe('a breaker', () => {
  it('opens at three failures in a row, for 5 s', () => {
    const two = after([
      [0, failed],
      [1, failed],
    ]);
    expect(passageOf(two, 1)).toBe('closed');
    const three = after([[2, failed]], two);
    expect(passageOf(three, 5001)).toBe('open');
    expect(passageOf(three, 5002)).toBe('half-open');
  });

  it('opens when half of ten attempts in 60 s failed, and not of nine', () => {
    const turns = (index: number) => (index % 2 === 0 ? failed : delivered);
    expect(passageOf(after(seconds(9, turns)), 8000)).toBe('closed');
    expect(passageOf(after(seconds(10, turns)), 9000)).toBe('open');
  });

  it('forgets what is older than 60 s', () => {
    const early = after(
      [0, 1, 2, 3, 4].flatMap((at) => [[at, failed] as const, [at, delivered] as const].slice(0, at === 4 ? 1 : 2)),
    );
    expect(passageOf(early, 5)).toBe('closed');
    expect(passageOf(after([[59_999, failed]], early), 59_999)).toBe('open');
    expect(passageOf(after([[60_000, failed]], early), 60_000)).toBe('closed');
  });

  it('closes when its probe delivers, and stays open twice as long each time when it fails, up to a minute', () => {
    const open = after([
      [0, failed],
      [0, failed],
      [0, failed],
    ]);
    expect(after([[5000, delivered]], open)).toEqual(closedBreaker);
    let [breaker, at] = [open, 5000];
    const waits: number[] = [];
    for (let probe = 0; probe < 6; probe++) {
      breaker = after([[at, failed]], breaker);
      const until = breaker.state === 'open' ? breaker.until : 0;
      waits.push(until - at);
      at = until;
    }
    expect(waits).toEqual([10_000, 20_000, 40_000, 60_000, 60_000, 60_000]);
  });

  it('lets one probe through at a time, and another one 10 s after one of which nothing was heard', () => {
    const open = after([
      [0, failed],
      [0, failed],
      [0, failed],
    ]);
    const probing = probed(open, 6000, rules);
    expect(passageOf(probing, 15_999)).toBe('probing');
    expect(passageOf(probing, 16_000)).toBe('half-open');
  });

  it('is open for as long as a busy provider asks, up to ten minutes', () => {
    expect(passageOf(after([[0, busy(1500)]]), 1499)).toBe('open');
    expect(passageOf(after([[0, busy(1500)]]), 1500)).toBe('half-open');
    const long = after([[0, busy(86_400_000)]]);
    expect(passageOf(long, 599_999)).toBe('open');
    expect(passageOf(long, 600_000)).toBe('half-open');
  });

  it('takes no notice of earlier attempts that end while it is open, but for a longer pause', () => {
    const open = after([
      [0, failed],
      [0, failed],
      [0, failed],
    ]);
    expect(
      after(
        [
          [10, delivered],
          [20, failed],
          [30, busy(100)],
        ],
        open,
      ),
    ).toBe(open);
    expect(passageOf(after([[30, busy(9000)]], open), 9029)).toBe('open');
  });
});

/** The rule as the design states it, over the list of all attempts. */
function tripsBy(attempts: readonly { readonly at: number; readonly failed: boolean }[]): boolean {
  const last = attempts.at(-1)!;
  const window = attempts.filter(({ at }) => Math.floor(at / 1000) > Math.floor(last.at / 1000) - 60);
  const failures = window.filter((each) => each.failed).length;
  const row = attempts.length - 1 - attempts.findLastIndex((each) => !each.failed);
  return row >= 3 || (window.length >= 10 && 2 * failures >= window.length);
}

describe('any attempts', () => {
  it('trip a closed breaker exactly when three in a row, or half of ten or more in 60 s, failed', () => {
    const attempt = fc.record({ after: fc.integer({ min: 0, max: 9000 }), failed: fc.boolean() });
    fc.assert(
      fc.property(fc.array(attempt, { maxLength: 60 }), (attempts) => {
        let [breaker, at]: [Breaker, number] = [closedBreaker, 0];
        const seen: { at: number; failed: boolean }[] = [];
        for (const each of attempts) {
          at += each.after;
          seen.push({ at, failed: each.failed });
          breaker = told(breaker, each.failed ? failed : delivered, at, rules);
          expect(breaker.state).toBe(tripsBy(seen) ? 'open' : 'closed');
          if (breaker.state === 'open') return;
          expect(breaker.seconds.length).toBeLessThanOrEqual(60);
        }
      }),
    );
  });

  it('never open a breaker for more than a minute after a failure, or ten after a pause', () => {
    const outcome = fc.oneof(
      fc.constant(delivered),
      fc.constant(failed),
      fc.integer({ min: -1, max: 2 ** 40 }).map(busy),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 70_000 }), outcome), { maxLength: 50 }), (attempts) => {
        let [breaker, at]: [Breaker, number] = [closedBreaker, 0];
        for (const [wait, each] of attempts) {
          at += wait;
          breaker = told(breaker, each, at, rules);
          if (breaker.state === 'open')
            expect(breaker.until - at).toBeLessThanOrEqual(breaker.why === 'busy' ? 600_000 : 60_000);
        }
      }),
    );
  });
});
