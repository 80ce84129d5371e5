import { describe, expect, it } from '@jest/globals';
import { Days } from './days.ts';

const at = Date.parse;
const daysIn = (timeZone: string, ...times: readonly string[]) =>
  times.map((time) => new Days(timeZone).dayOf(at(time)));
const endOfMonth = (timeZone: string, time: string) => new Date(new Days(timeZone).endOfMonth(at(time))).toISOString();

describe("the model's days", () => {
  it('are those of the wall', () => {
    expect(daysIn('Asia/Shanghai', '2026-01-31T15:59:59.999Z', '2026-01-31T16:00:00.000Z')).toEqual([
      '2026-01-31',
      '2026-02-01',
    ]);
  });

  it('do not all happen', () => {
    expect(daysIn('Pacific/Apia', '2011-12-30T09:59:59.999Z', '2011-12-30T10:00:00.000Z')).toEqual([
      '2011-12-29',
      '2011-12-31',
    ]);
  });

  it('never go back, where clocks go back over midnight', () => {
    const times = ['2009-11-01T02:29:59.999Z', '2009-11-01T02:30:00.000Z', '2009-11-01T02:31:00.000Z'];
    expect(daysIn('America/St_Johns', ...times)).toEqual(['2009-10-31', '2009-11-01', '2009-11-01']);
    expect(endOfMonth('America/St_Johns', times[0]!)).toBe('2009-11-01T02:30:00.000Z');
    expect(endOfMonth('America/St_Johns', times[2]!)).toBe('2009-12-01T03:30:00.000Z');
  });

  it('make months that end where the next one begins', () => {
    expect(endOfMonth('UTC', '2028-02-29T23:59:59.999Z')).toBe('2028-03-01T00:00:00.000Z');
    expect(endOfMonth('Asia/Kathmandu', '2026-01-31T18:14:59.999Z')).toBe('2026-01-31T18:15:00.000Z');
    expect(endOfMonth('Asia/Kathmandu', '2026-01-31T18:15:00.000Z')).toBe('2026-02-28T18:15:00.000Z');
  });
});
