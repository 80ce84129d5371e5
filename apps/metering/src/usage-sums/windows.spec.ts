import { describe, expect, it } from '@jest/globals';
import { calendarOf } from '@tokengrid/service';
import fc from 'fast-check';
import { coverOf, type Period, spans } from './spans.ts';
import { windowKinds, windowsFrom, windowStartOf } from './windows.ts';

const minuteMs = 60_000;
const from2000 = fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2060, 0) });
/**
 * With whole hours, half hours, three quarters, and clocks that change by half an hour or at
 * midnight.
 */
const zones = ['UTC', 'Asia/Shanghai', 'Asia/Kolkata', 'Asia/Kathmandu', 'America/St_Johns', 'Australia/Lord_Howe'];
const zone = fc.constantFrom(...zones, 'America/Santiago', 'Pacific/Apia', 'Pacific/Chatham', 'Asia/Beirut');

/** What a cover has of each period: times at which something begins to count, or ends to. */
function countsOf(periods: readonly Period[]) {
  const { parts, edges } = coverOf(periods);
  const changes = periods.map(() => new Map<number, number>());
  const count = (nth: number, start: number, end: number, sign: number) => {
    const of = changes[nth - 1]!;
    of.set(start, (of.get(start) ?? 0) + sign);
    of.set(end, (of.get(end) ?? 0) - sign);
  };
  for (const [at, ofSpan] of parts.entries()) {
    for (const { start, nth, sign } of ofSpan) {
      expect(start % spans[at]!.ms).toBe(0);
      count(nth, start, start + spans[at]!.ms, sign);
    }
  }
  for (const { start, end } of edges) {
    expect(end - start).toBeLessThan(15 * minuteMs);
    count(periods.findIndex((period) => period.start <= start && end <= period.end) + 1, start, end, 1);
  }
  return changes.map((of) => [...of].filter(([, change]) => change !== 0).sort(([one], [other]) => one - other));
}

describe('a cover of periods', () => {
  it('comes to each millisecond of each period once, and to no other, by whole rows and short edges', () =>
    fc.assert(
      fc.property(
        from2000,
        fc.array(fc.integer({ min: 1, max: 3 * 86_400_000 }), { maxLength: 4 }),
        (from, lengths) => {
          let end = from;
          const periods = lengths.map((length): Period => ({ start: end, end: (end += length) }));
          expect(countsOf(periods)).toEqual(periods.map(({ start, end: last }) => [[start, 1], [last, -1]])); // prettier-ignore
          expect(coverOf(periods).edges.length).toBeLessThanOrEqual(2 * periods.length);
        },
      ),
    ));

  it.each([
    ['UTC', 0, 3],
    ['Asia/Shanghai', -8 * 60, 3],
    ['Asia/Kathmandu', -5 * 60 - 45, 6],
    ['Europe/Berlin', -2 * 60, 5],
    ['America/New_York', 4 * 60, 7],
  ])('takes few rows for a day of %s', (_zone, offsetMinutes, most) => {
    const start = Date.UTC(2026, 4, 1) + offsetMinutes * minuteMs;
    const days = Array.from({ length: 30 }, (__, day) => start + day * 86_400_000);
    const { parts } = coverOf(days.map((day) => ({ start: day, end: day + 86_400_000 })));
    const rows = parts.map((ofSpan) => new Set(ofSpan.map((part) => part.start)).size);
    expect(rows.reduce((sum, count) => sum + count) / 30).toBeLessThanOrEqual(most + 0.3);
  });
});

describe('windows', () => {
  it.each(windowKinds)('by the %s follow each other without a gap, and each time is in its own', (kind) =>
    fc.assert(
      fc.property(zone, from2000, fc.integer({ min: 0, max: 90 * 86_400_000 }), (name, start, length) => {
        const calendar = calendarOf(name);
        const windows = windowsFrom(kind, calendar, { start, end: start + length }, 50);
        let at = start;
        for (const window of windows) {
          expect(window.start).toBe(at);
          expect(window.end).toBeGreaterThan(window.start);
          expect(windowStartOf(kind, calendar, window.end - 1)).toBe(windowStartOf(kind, calendar, window.start));
          at = window.end;
        }
        if (windows.length < 50) expect(at).toBe(start + length);
      }),
      { numRuns: 60 },
    ),
  );

  it('begin at quarters of an hour: clocks of every time zone have differed by whole ones since 2000', () => {
    const step = 50 * 86_400_000;
    for (const timeZone of Intl.supportedValuesOf('timeZone')) {
      const offset = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
      for (let time = Date.UTC(2000, 0); time < Date.UTC(2030, 0); time += step) {
        expect(`${timeZone} ${offset.format(time)}`).toMatch(/, GMT([+-]\d\d:(00|15|30|45))?$/);
      }
    }
  });

  it.each([
    ['Asia/Kathmandu', '2026-01-31T00:00:00Z', '2026-01-30T18:15:00.000Z', '2026-01-30T23:15:00.000Z'],
    ['Asia/Kolkata', '2026-01-31T18:29:59Z', '2026-01-30T18:30:00.000Z', '2026-01-31T17:30:00.000Z'],
    // The day of 23 hours.
    ['Europe/Berlin', '2026-03-29T01:30:00Z', '2026-03-28T23:00:00.000Z', '2026-03-29T01:00:00.000Z'],
  ])('begin at the days and hours of %s', (name, time, day, hour) => {
    const calendar = calendarOf(name);
    const startOf = (kind: 'day' | 'hour') => new Date(windowStartOf(kind, calendar, Date.parse(time))).toISOString();
    expect([startOf('day'), startOf('hour')]).toEqual([day, hour]);
  });
});
