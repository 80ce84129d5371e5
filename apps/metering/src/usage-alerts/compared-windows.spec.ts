import { describe, expect, it } from '@jest/globals';
import { calendarOf } from '@tokengrid/service';
import fc from 'fast-check';
import { windowAt, windowsBefore } from './compared-windows.ts';

type Kind = Parameters<typeof windowsBefore>[0];
type Rule = Parameters<typeof windowsBefore>[1];

function startsOf(kind: Kind, rule: Rule, zone: string, time: string): readonly string[] {
  const calendar = calendarOf(zone);
  const window = windowAt(kind, calendar, Date.parse(time));
  return windowsBefore(kind, rule, calendar, window).map(({ start }) => new Date(start).toISOString());
}

const rules = [
  ...([
    ['hour', 'hour'],
    ['hour', 'day'],
    ['hour', 'week'],
  ] as const),
  ...([
    ['day', 'day'],
    ['day', 'week'],
    ['month', 'month'],
  ] as const),
] as const;

describe('windows before one', () => {
  it.each([
    [
      'hour',
      'hour',
      'Asia/Kathmandu',
      '2026-01-10T00:20Z',
      ['2026-01-09T23:15', '2026-01-09T22:15', '2026-01-09T21:15'],
    ],
    ['hour', 'day', 'UTC', '2026-01-10T07:59Z', ['2026-01-09T07:00', '2026-01-08T07:00', '2026-01-07T07:00']],
    ['hour', 'week', 'UTC', '2026-01-10T07:00Z', ['2026-01-03T07:00', '2025-12-27T07:00', '2025-12-20T07:00']],
    ['day', 'day', 'UTC', '2026-03-02T07:00Z', ['2026-03-01T00:00', '2026-02-28T00:00', '2026-02-27T00:00']],
    ['day', 'week', 'UTC', '2026-01-10T07:00Z', ['2026-01-03T00:00', '2025-12-27T00:00', '2025-12-20T00:00']],
    [
      'month',
      'month',
      'Asia/Shanghai',
      '2026-02-28T16:00Z',
      ['2026-01-31T16:00', '2025-12-31T16:00', '2025-11-30T16:00'],
    ],
    // Days of 25 and 23 hours, whose hours count from their start.
    ['hour', 'day', 'Europe/Berlin', '2026-10-26T22:30Z', ['2026-10-25T21:00', '2026-10-24T21:00', '2026-10-23T21:00']],
    ['hour', 'day', 'Europe/Berlin', '2026-03-30T21:30Z', ['2026-03-29T21:00', '2026-03-28T22:00', '2026-03-27T22:00']],
    ['day', 'day', 'Europe/Berlin', '2026-03-30T12:00Z', ['2026-03-28T23:00', '2026-03-27T23:00', '2026-03-26T23:00']],
  ] as const)('of an %s, a %s apart, in %s', (kind, apart, zone, time, starts) =>
    expect(startsOf(kind, { windows: 3, apart }, zone, time)).toEqual(starts.map((start) => `${start}:00.000Z`)),
  );

  it('are as many as asked for, each before the last, and windows of the same kind', () =>
    fc.assert(
      fc.property(
        fc.constantFrom('UTC', 'Asia/Kolkata', 'America/St_Johns', 'Australia/Lord_Howe', 'Pacific/Chatham'),
        fc.constantFrom(...rules),
        fc.integer({ min: Date.UTC(2016, 0), max: Date.UTC(2040, 0) }),
        fc.integer({ min: 3, max: 60 }),
        (zone, [kind, apart], time, windows) => {
          const calendar = calendarOf(zone);
          const window = windowAt(kind, calendar, time);
          const before = windowsBefore(kind, { windows, apart }, calendar, window);
          expect(before).toHaveLength(windows);
          before.forEach((each, at) => {
            expect(each).toEqual(windowAt(kind, calendar, each.start));
            expect(each.end).toBeLessThanOrEqual((before[at - 1] ?? window).start);
          });
        },
      ),
      { numRuns: 12 },
    ));
});
