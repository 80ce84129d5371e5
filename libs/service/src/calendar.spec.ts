import { describe, expect, it } from '@jest/globals';
import { dayAfter, utcCalendar } from '@tokengrid/kernel';
import fc from 'fast-check';
import { calendarOf, timeZoneNamed } from './calendar.ts';

const at = (time: string) => Date.parse(time);
const hourMs = 3_600_000;
const shownIn = (timeZone: string, time: number) =>
  new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(time);

/** Days of a zone, with their start and end in UTC. */
const oddDays: [string, string, string, string][] = [
  ['America/Sao_Paulo', '2018-11-04', '2018-11-04T03:00Z', '2018-11-05T02:00Z'],
  ['America/Sao_Paulo', '2018-02-17', '2018-02-17T02:00Z', '2018-02-18T03:00Z'],
  ['Asia/Beirut', '2022-03-27', '2022-03-26T22:00Z', '2022-03-27T21:00Z'],
  ['Africa/Cairo', '2024-04-26', '2024-04-25T22:00Z', '2024-04-26T21:00Z'],
  ['America/Havana', '2026-11-01', '2026-11-01T04:00Z', '2026-11-02T05:00Z'],
  ['America/St_Johns', '2010-11-06', '2010-11-06T02:30Z', '2010-11-07T02:30Z'],
  ['America/St_Johns', '2010-11-07', '2010-11-07T02:30Z', '2010-11-08T03:30Z'],
  ['Australia/Lord_Howe', '2026-04-05', '2026-04-04T13:00Z', '2026-04-05T13:30Z'],
  ['Asia/Kathmandu', '2026-01-01', '2025-12-31T18:15Z', '2026-01-01T18:15Z'],
  ['Asia/Shanghai', '2026-01-01', '2025-12-31T16:00Z', '2026-01-01T16:00Z'],
  ['Pacific/Apia', '2011-12-29', '2011-12-29T10:00Z', '2011-12-30T10:00Z'],
  ['Pacific/Apia', '2011-12-31', '2011-12-30T10:00Z', '2011-12-31T10:00Z'],
];

describe("the operator's calendar", () => {
  it.each(oddDays)('begins and ends %s %s when clocks there do', (timeZone, day, start, end) => {
    const calendar = calendarOf(timeZone);
    for (const time of [at(start), (at(start) + at(end)) / 2, at(end) - 1]) expect(calendar.dayOf(time)).toBe(day);
    expect(calendar.dayOf(at(start) - 1) < day).toBe(true);
    expect(calendar.dayOf(at(end)) > day).toBe(true);
    expect(calendar.startOfDay(day)).toBe(at(start));
  });

  it('knows days that never were: they are over as soon as they begin', () => {
    const calendar = calendarOf('Pacific/Apia');
    expect(calendar.startOfDay('2011-12-30')).toBe(calendar.startOfDay('2011-12-31'));
  });

  it('does not go back to a day that was over when clocks do', () => {
    const calendar = calendarOf('America/St_Johns');
    expect(shownIn('America/St_Johns', at('2010-11-07T02:45Z'))).toBe('2010-11-06');
    expect(calendar.dayOf(at('2010-11-07T02:45Z'))).toBe('2010-11-07');
  });

  it.each([
    ['UTC', '2026-01-31T23:59:59.999Z', '2026-02-01T00:00Z'],
    ['Asia/Shanghai', '2026-01-31T16:00Z', '2026-02-28T16:00Z'],
    ['Asia/Shanghai', '2026-01-31T15:59Z', '2026-01-31T16:00Z'],
    ['Europe/Berlin', '2026-03-15T00:00Z', '2026-03-31T22:00Z'],
    ['America/Havana', '2026-10-31T12:00Z', '2026-11-01T04:00Z'],
    ['Pacific/Apia', '2011-12-30T09:00Z', '2011-12-31T10:00Z'],
  ])('ends the month of %s %s', (timeZone, time, end) => {
    expect(calendarOf(timeZone).endOfMonth(at(time))).toBe(at(end));
  });

  it('has no gaps, never goes back, and shows what clocks there show, but for hours that come twice', () => {
    const zones = [...oddDays.map(([zone]) => zone), 'UTC', 'Europe/Berlin', 'America/New_York', 'Antarctica/Troll'];
    const calendars = new Map(zones.map((zone) => [zone, calendarOf(zone)]));
    const time = fc.integer({ min: at('2000-01-01T00:00Z'), max: at('2100-01-01T00:00Z') });
    fc.assert(
      fc.property(fc.constantFrom(...zones), time, fc.integer({ min: 0, max: 30 * hourMs }), (zone, first, later) => {
        const calendar = calendars.get(zone)!;
        const day = calendar.dayOf(first);
        expect(calendar.startOfDay(day)).toBeLessThanOrEqual(first);
        expect(calendar.startOfDay(dayAfter(day))).toBeGreaterThan(first);
        expect(calendar.dayOf(first + later) >= day).toBe(true);
        expect([day, new Date(Date.parse(day) - 1).toISOString().slice(0, 10)]).toContain(shownIn(zone, first));
      }),
      { numRuns: 2000 },
    );
  });

  it('is in UTC what the calendar of decisions in UTC is', () => {
    const calendar = calendarOf('UTC');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: at('2400-01-01T00:00Z') }), (time) => {
        const day = calendar.dayOf(time);
        expect(day).toBe(utcCalendar.dayOf(time));
        expect(calendar.startOfDay(day)).toBe(utcCalendar.startOfDay(day));
        expect(calendar.endOfMonth(time)).toBe(utcCalendar.endOfMonth(time));
      }),
    );
  });

  it.each([
    ['asia/shanghai', 'Asia/Shanghai'],
    ['utc', 'UTC'],
    ['Etc/GMT-8', 'Etc/GMT-8'],
    ['+08:00', undefined],
    ['CST8', undefined],
    ['', undefined],
    ['Asia/Nowhere', undefined],
  ])('takes %p for %p', (name, zone) => {
    expect(timeZoneNamed(name)).toBe(zone);
  });
});
