/** Earliest time in requests and events: 2000-01-01 in UTC, epoch milliseconds. */
export const earliestTime = Date.UTC(2000, 0, 1);
/** Latest time in requests and events: the end of 9999 in UTC, the last four-digit year. */
export const latestTime = Date.UTC(10_000, 0, 1) - 1;

/** A parsed time: epoch milliseconds, or the fault of the text. */
export type ReadTime = { readonly epochMs: number } | { readonly problem: string };

const dateTime = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;
const fullDate = /^(\d{4})-(\d\d)-(\d\d)$/;
const minuteMs = 60_000;
const malformed: ReadTime = { problem: 'must be a time such as "2026-01-31T08:00:00Z"' };
const absent: ReadTime = { problem: 'must be an existing time' };

/**
 * Parses an RFC 3339 time: upper or lower case, any offset, fraction digits beyond milliseconds
 * dropped. A leap second counts as the last millisecond of the second before it, so that it stays
 * in its day. Only times from {@link earliestTime} to {@link latestTime} pass, by UTC.
 */
export function readTime(text: string): ReadTime {
  const parts = dateTime.exec(text);
  if (!parts) return malformed;
  const [, year = '', month = '', day = '', hour = '', minute = '', second = '', fraction = ''] = parts;
  const [sign, offsetHour = '0', offsetMinute = '0'] = parts.slice(8);
  const midnight = midnightOf(year, month, day);
  if (midnight === undefined || +hour > 23 || +minute > 59 || +second > 60) return absent;
  if (+offsetHour > 23 || +offsetMinute > 59) return absent;
  const offset = (sign === '-' ? -1 : 1) * (+offsetHour * 60 + +offsetMinute);
  const begun = midnight + (+hour * 60 + +minute - offset) * minuteMs;
  if (+second < 60) return inBounds(begun + +second * 1000 + +fraction.slice(0, 3).padEnd(3, '0'));
  return isLastMinuteOfMonth(begun) ? inBounds(begun + minuteMs - 1) : absent;
}

/** Parses a day, `YYYY-MM-DD`, as its first moment in UTC. */
export function readDay(text: string): ReadTime {
  const [, year = '', month = '', day = ''] = fullDate.exec(text) ?? [];
  if (year === '') return { problem: 'must be a day such as "2026-01-31"' };
  const midnight = midnightOf(year, month, day);
  return midnight === undefined ? { problem: 'must be an existing day' } : inBounds(midnight);
}

/** Epoch milliseconds of a day's start; `undefined` for a day that does not exist. */
function midnightOf(year: string, month: string, day: string): number | undefined {
  // `Date.UTC` maps years below 100 to the last century; they are out of bounds anyway.
  const midnight = new Date(Date.UTC(+year, +month - 1, +day));
  return midnight.getUTCMonth() === +month - 1 && midnight.getUTCDate() === +day ? midnight.getTime() : undefined;
}

/** True if a minute may have a leap second: only the last one of a month in UTC. */
function isLastMinuteOfMonth(minute: number): boolean {
  const next = new Date(minute + minuteMs);
  return next.getUTCDate() === 1 && next.getUTCHours() === 0 && next.getUTCMinutes() === 0;
}

function inBounds(epochMs: number): ReadTime {
  if (epochMs >= earliestTime && epochMs <= latestTime) return { epochMs };
  return { problem: 'must be from 2000 to 9999, in UTC' };
}
