/** A zone of the operator, and the start of a history there; epoch milliseconds. */
export interface Place {
  readonly timeZone: string;
  readonly begins: number;
}

const tenMinutesBefore = (midnight: string): number => Date.parse(midnight) - 600_000;

/** Histories begin ten minutes before the end of a month, or before an odd day. */
export const places: readonly Place[] = [
  { timeZone: 'UTC', begins: tenMinutesBefore('2026-02-01T00:00:00Z') },
  { timeZone: 'UTC', begins: tenMinutesBefore('2028-03-01T00:00:00Z') },
  { timeZone: 'Asia/Shanghai', begins: tenMinutesBefore('2026-02-01T00:00:00+08:00') },
  { timeZone: 'Asia/Shanghai', begins: tenMinutesBefore('2026-03-01T00:00:00+08:00') },
  // Offsets that are no whole hours, or more than half a day.
  { timeZone: 'Asia/Kathmandu', begins: tenMinutesBefore('2026-02-01T00:00:00+05:45') },
  { timeZone: 'Pacific/Kiritimati', begins: tenMinutesBefore('2026-03-01T00:00:00+14:00') },
  { timeZone: 'America/Los_Angeles', begins: tenMinutesBefore('2026-11-01T00:00:00-07:00') },
  // Clocks there go from 23:59:59 to 01:00 of the next day, so one day has no midnight.
  { timeZone: 'America/Santiago', begins: tenMinutesBefore('2026-09-06T00:00:00-04:00') },
  // From 23:59:59 to 23:00 of the same day.
  { timeZone: 'Africa/Cairo', begins: tenMinutesBefore('2026-10-30T00:00:00+03:00') },
  // There was no 30th of December 2011.
  { timeZone: 'Pacific/Apia', begins: tenMinutesBefore('2011-12-30T00:00:00-10:00') },
  // A month began before the last one ended for good: clocks went from 00:01 of the first back to
  // 23:01 of the last day.
  { timeZone: 'America/St_Johns', begins: tenMinutesBefore('2009-11-01T00:00:00-02:30') },
];
