import { describe, expect, it } from '@jest/globals';
import { isInTrial, monthAt } from './subscription-months.ts';

const at = Date.parse;
const month = (beginning: string, time: string) => {
  const { from, until } = monthAt(at(beginning), at(time));
  return [from, until].map((each) => new Date(each).toISOString().slice(0, 19));
};

describe("the reference model of a subscription's months", () => {
  it.each([
    ['2026-01-15T08:30:00Z', '2026-01-15T08:30:00Z', '2026-01-15T08:30:00', '2026-02-15T08:30:00'],
    ['2026-01-15T08:30:00Z', '2026-02-15T08:29:59.999Z', '2026-01-15T08:30:00', '2026-02-15T08:30:00'],
    ['2026-01-15T08:30:00Z', '2026-02-15T08:30:00Z', '2026-02-15T08:30:00', '2026-03-15T08:30:00'],
    ['2026-01-31T00:00:00Z', '2026-03-01T00:00:00Z', '2026-02-28T00:00:00', '2026-03-31T00:00:00'],
    ['2026-01-31T00:00:00Z', '2026-04-01T00:00:00Z', '2026-03-31T00:00:00', '2026-04-30T00:00:00'],
    ['2028-01-30T12:00:00Z', '2028-03-01T00:00:00Z', '2028-02-29T12:00:00', '2028-03-30T12:00:00'],
    ['2026-12-31T23:00:00Z', '2027-02-28T22:59:59Z', '2027-01-31T23:00:00', '2027-02-28T23:00:00'],
  ])('begins with %s, and has %s in the month from %s to %s', (beginning, time, from, until) => {
    expect(month(beginning, time)).toEqual([from, until]);
  });

  it('has what was used before the subscription in its first month', () => {
    expect(month('2026-01-15T00:00:00Z', '2025-11-01T00:00:00Z')[0]).toBe('2026-01-15T00:00:00');
  });

  it('has free days of 24 hours, up to the last millisecond', () => {
    const beginning = at('2026-01-15T08:30:00Z');
    const times = ['2026-01-15T08:30:00Z', '2026-01-17T08:29:59.999Z', '2026-01-17T08:30:00Z'];
    expect(times.map((time) => isInTrial(beginning, 2, at(time)))).toEqual([true, true, false]);
    expect(isInTrial(beginning, undefined, beginning)).toBe(false);
  });
});
