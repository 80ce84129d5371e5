import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { effectiveTime } from './effective-time.ts';

describe('the time at which prices take effect', () => {
  it.each([
    ['now, if nothing else is asked', undefined, undefined, 1000],
    ['now, if a time that has passed is asked', 999, undefined, 1000],
    ['a time to come, if asked', 2000, undefined, 2000],
    ['after the ones in force', undefined, 999, 1000],
    ['one millisecond after the ones of this very moment', undefined, 1000, 1001],
    ['one millisecond after several of this very moment', undefined, 1001, 1002],
    ['not before ones that are scheduled', undefined, 2000, undefined],
    ['not at the time that others are scheduled for', 3000, 3000, undefined],
    ['after ones that are scheduled', 3001, 3000, 3001],
  ])('is %s', (_sentence, wanted, after, expected) => {
    expect(effectiveTime({ wanted, after, now: 1000, noticeMs: 0 })).toBe(expected);
  });

  it.each([
    ['at once for the first ones', undefined, undefined, 1000],
    ['the notice ahead for the next ones', undefined, 900, 1060],
    ['the notice ahead if an earlier time is asked', 1059, 900, 1060],
    ['a later time, if asked', 1061, 900, 1061],
    ['one millisecond after the ones that were posted just now', undefined, 1060, 1061],
    ['not before ones that are scheduled', undefined, 9000, undefined],
  ])('is %s', (_sentence, wanted, after, expected) => {
    expect(effectiveTime({ wanted, after, now: 1000, noticeMs: 60 })).toBe(expected);
  });

  it('is never nearer than the notice, and rises from version to version', () => {
    const wish = fc.record({
      wanted: fc.option(fc.integer({ min: 0, max: 5000 }), { nil: undefined }),
      passed: fc.nat(50),
    });
    fc.assert(
      fc.property(fc.array(wish, { maxLength: 30 }), fc.nat(2000), (wishes, noticeMs) => {
        let now = 100;
        let after: number | undefined;
        for (const { wanted, passed } of wishes) {
          now += passed;
          const time = effectiveTime({ wanted, after, now, noticeMs });
          if (time === undefined) continue;
          expect(time).toBeGreaterThanOrEqual(after === undefined ? now : now + noticeMs);
          if (after !== undefined) expect(time).toBeGreaterThan(after);
          after = time;
        }
      }),
    );
  });
});
