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

describe('a cover of periods', () => {
  it('has each millisecond once, by the fewest rows that fit, and edges within a quarter of an hour', () =>
    fc.assert(
      fc.property(
        from2000,
        fc.array(fc.integer({ min: 1, max: 3 * 86_400_000 }), { maxLength: 4 }),
        (from, lengths) => {
          let end = from;
          const periods = lengths.map((length): Period => ({ start: end, end: (end += length) }));
          const { starts, edges } = coverOf(periods);
          const rows = starts.flatMap((all, at) => all.map((start) => ({ start, end: start + spans[at]!.ms })));
          const parts = [...rows, ...edges].sort((one, other) => one.start - other.start);
          // Adjacent parts, from the first to the last, none over a border of periods.
          let at = from;
          for (const part of parts) {
            expect(part.start).toBe(at);
            expect(periods.some(({ start, end: last }) => start <= part.start && part.end <= last)).toBe(true);
            at = part.end;
          }
          expect(at).toBe(end);
          for (const edge of edges) expect(edge.end - edge.start).toBeLessThan(15 * minuteMs);
          expect(edges.length).toBeLessThanOrEqual(2 * periods.length);
          for (const start of starts[1]!) expect(start % spans[1]!.ms).toBe(0);
        },
      ),
    ));
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
