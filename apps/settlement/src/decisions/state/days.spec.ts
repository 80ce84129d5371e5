import { describe, expect, it } from '@jest/globals';
import { dayAfter, dayBefore, utcCalendar } from '@tokengrid/kernel';
import fc from 'fast-check';
import { type DayRange, firstDayOutside, withDay } from './days.ts';

describe('days', () => {
  it('follow each other over the ends of months and years', () => {
    expect(dayAfter('2026-12-31')).toBe('2027-01-01');
    expect(dayBefore('2028-03-01')).toBe('2028-02-29');
  });

  it('join where they touch', () => {
    expect(withDay(withDay(withDay([], '2026-01-01'), '2026-01-03'), '2026-01-02')).toEqual([
      { first: '2026-01-01', last: '2026-01-03' },
    ]);
  });

  it('are a set, however they are added: ordered, apart, and what lies outside is found', () => {
    const day = fc.integer({ min: 0, max: 40 }).map((n) => utcCalendar.dayOf(Date.UTC(2026, 0, 1 + n)));
    fc.assert(
      fc.property(fc.array(day, { maxLength: 30 }), day, (added, asked) => {
        const ranges = added.reduce<DayRange[]>(withDay, []);
        const set = new Set(added);
        for (let n = 1; n < ranges.length; n++) expect(ranges[n]!.first > dayAfter(ranges[n - 1]!.last)).toBe(true);
        let outside = asked;
        while (set.has(outside)) outside = dayAfter(outside);
        expect(firstDayOutside(ranges, asked)).toBe(outside);
        const days = ranges.reduce(
          (sum, { first, last }) => sum + (Date.parse(last) - Date.parse(first)) / 86_400_000 + 1,
          0,
        );
        expect(days).toBe(set.size);
      }),
    );
  });
});
