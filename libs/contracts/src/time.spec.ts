import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { earliestTime, latestTime, readDay, readTime } from './time.ts';

const eight = Date.UTC(2026, 0, 31, 8);

describe('a time as RFC 3339 has it', () => {
  it.each([
    ['2026-01-31T08:00:00Z', eight],
    ['2026-01-31t08:00:00z', eight],
    ['2026-01-31T16:00:00+08:00', eight],
    ['2026-01-31T02:15:00-05:45', eight],
    ['2026-01-31T08:00:00-00:00', eight],
    ['2026-02-01T07:59:00+23:59', eight],
    ['2026-01-31T08:00:00.5Z', eight + 500],
    ['2026-01-31T08:00:00.123456789012345678901Z', eight + 123],
    ['2026-01-31T08:00:00.9999Z', eight + 999],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
  ])('may be %s', (text, epochMs) => expect(readTime(text)).toEqual({ epochMs }));

  it.each([
    ['2016-12-31T23:59:60Z', Date.UTC(2017, 0, 1) - 1],
    ['2016-12-31T23:59:60.9z', Date.UTC(2017, 0, 1) - 1],
    ['2016-12-31T15:59:60-08:00', Date.UTC(2017, 0, 1) - 1],
    ['2017-01-01T07:59:60+08:00', Date.UTC(2017, 0, 1) - 1],
    ['2015-06-30T23:59:60Z', Date.UTC(2015, 6, 1) - 1],
    ['9999-12-31T23:59:60Z', latestTime],
  ])('counts the leap second %s as the end of the second before it', (text, epochMs) =>
    expect(readTime(text)).toEqual({ epochMs }),
  );

  it.each([
    '',
    'tomorrow',
    '2026-01-31',
    '2026-01-31T08:00:00',
    '2026-01-31T08:00Z',
    '2026-01-31 08:00:00Z',
    '2026-01-31T08:00:00.Z',
    '2026-01-31T08:00:00,5Z',
    '2026-01-31T08:00:00+0800',
    '2026-01-31T08:00:00+08',
    '2026-01-31T08:00:00+01:00Z',
    '2026-1-31T08:00:00Z',
    '+002026-01-31T08:00:00Z',
    '2026-W05-6T08:00:00Z',
    '٢٠٢٦-01-31T08:00:00Z',
    ' 2026-01-31T08:00:00Z',
    '2026-01-31T08:00:00Z\n',
  ])('may not be %j, which is written otherwise', (text) =>
    expect(readTime(text)).toEqual({ problem: 'must be a time such as "2026-01-31T08:00:00Z"' }),
  );

  it.each([
    '2026-02-29T08:00:00Z',
    '2026-04-31T08:00:00Z',
    '2026-13-01T08:00:00Z',
    '2026-00-01T08:00:00Z',
    '2026-01-00T08:00:00Z',
    '2026-01-31T24:00:00Z',
    '2026-01-31T08:60:00Z',
    '2026-01-31T08:00:61Z',
    '2026-01-31T08:00:00+24:00',
    '2026-01-31T08:00:00+08:60',
    '2016-12-31T23:58:60Z',
    '2016-12-31T22:59:60Z',
    '2016-12-30T23:59:60Z',
    '2016-12-31T23:59:60+08:00',
  ])('may not be %s, which does not exist', (text) =>
    expect(readTime(text)).toEqual({ problem: 'must be an existing time' }),
  );

  it.each([
    ['9999-12-31T23:59:59.999Z', latestTime],
    ['9999-12-31T23:59:59+00:01', latestTime - 60_999],
    ['2000-01-01T00:00:00Z', earliestTime],
    ['1999-12-31T23:59:00-00:01', earliestTime],
  ])('reaches as far as %s', (text, epochMs) => expect(readTime(text)).toEqual({ epochMs }));

  it.each([
    '9999-12-31T23:59:59-12:00',
    '9999-12-31T23:59:00-00:01',
    '2000-01-01T00:00:00+00:01',
    '1999-12-31T23:59:59.999Z',
    '1998-12-31T23:59:60Z',
    '0000-01-01T00:00:00Z',
    '0050-01-01T00:00:00Z',
  ])('is out of bounds by UTC at %s', (text) =>
    expect(readTime(text)).toEqual({ problem: 'must be from 2000 to 9999, in UTC' }),
  );

  it('is read the same as the platform reads it, at any offset', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: earliestTime, max: latestTime }),
        fc.integer({ min: -1439, max: 1439 }),
        (epochMs, offset) => {
          const local = new Date(epochMs + offset * 60_000).toISOString();
          fc.pre(/^\d{4}-/.test(local));
          const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
          const two = (part: number) => String(part).padStart(2, '0');
          const text = `${local.slice(0, -1)}${offset < 0 ? '-' : '+'}${two(hours)}:${two(minutes)}`;
          expect(readTime(text)).toEqual({ epochMs });
        },
      ),
    ));
});

describe('a day', () => {
  it.each([
    ['2026-01-31', Date.UTC(2026, 0, 31)],
    ['2000-01-01', earliestTime],
    ['9999-12-31', latestTime + 1 - 86_400_000],
  ])('may be %s', (text, epochMs) => expect(readDay(text)).toEqual({ epochMs }));

  it.each(['2026-02-29', '2026-13-01'])('may not be %s', (text) =>
    expect(readDay(text)).toEqual({ problem: 'must be an existing day' }),
  );
  it.each(['1999-12-31', '0000-01-01'])('is out of bounds at %s', (text) =>
    expect(readDay(text)).toEqual({ problem: 'must be from 2000 to 9999, in UTC' }),
  );
  it.each(['2026-1-31', '+010000-01-01', '2026-01-31T00:00:00Z', ''])('is not %j', (text) =>
    expect(readDay(text)).toEqual({ problem: 'must be a day such as "2026-01-31"' }),
  );
});
