import { describe, expect, it } from '@jest/globals';
import { calendarOf } from '../calendar.ts';
import { momentOf, sentTime, sentTimeOrDay } from './sent-time.ts';

const eight = Date.UTC(2026, 0, 31, 8);
const messageOf = ({ error }: { error?: { issues: readonly { message: string }[] } | undefined }) =>
  error?.issues.map(({ message }) => message);

describe('a time that a caller sends', () => {
  it.each([
    ['2026-01-31T08:00:00.000Z', eight],
    ['2026-01-31t16:00:00+08:00', eight],
    ['2026-01-31T08:00:00.123456Z', eight + 123],
  ])('may be %s', (text, epochMs) => {
    expect(sentTime.parse(text)).toBe(epochMs);
    expect(sentTimeOrDay.parse(text)).toEqual({ epochMs });
  });

  it.each([
    ['2026-01-31T08:00:00', 'must be a time such as "2026-01-31T08:00:00Z"'],
    ['2026-02-30T08:00:00Z', 'must be an existing time'],
    ['9999-12-31T23:59:59-12:00', 'must be from 2000 to 9999, in UTC'],
  ])('may not be %s, and the error says why', (text, message) => {
    expect(messageOf(sentTime.safeParse(text))).toEqual([message]);
    expect(messageOf(sentTimeOrDay.safeParse(text))).toEqual([message]);
  });

  it('may be a day only where a query takes one', () => {
    expect(sentTime.safeParse('2026-01-31').success).toBe(false);
    expect(sentTimeOrDay.parse('2026-01-31')).toEqual({ day: '2026-01-31' });
    expect(sentTimeOrDay.safeParse('1999-12-31').success).toBe(false);
  });

  it.each([
    ['UTC', '2026-01-31', '2026-01-31T00:00:00Z'],
    ['Asia/Shanghai', '2026-01-31', '2026-01-30T16:00:00Z'],
    ['America/Sao_Paulo', '2018-11-04', '2018-11-04T03:00:00Z'],
    ['America/Sao_Paulo', '2018-11-05', '2018-11-05T02:00:00Z'],
  ])('is, as a day, when that begins for an operator in %s: %s', (timeZone, day, begins) => {
    const calendar = calendarOf(timeZone);
    expect(momentOf(sentTimeOrDay.parse(day), calendar)).toBe(Date.parse(begins));
    expect(momentOf(sentTimeOrDay.parse(begins), calendar)).toBe(Date.parse(begins));
    expect(momentOf(undefined, calendar)).toBeUndefined();
  });
});
