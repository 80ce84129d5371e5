const hourMs = 3_600_000;

/** Places whose clocks have not changed for decades: what is ahead of UTC, in hours. */
const aheadOfUtc: Readonly<Record<string, number>> = {
  UTC: 0,
  'Asia/Shanghai': 8,
  'Asia/Kathmandu': 5.75,
  'America/Phoenix': -7,
};

/** The operator's zones of histories. */
export const zones: readonly string[] = Object.keys(aheadOfUtc);

/** Day of a time in a zone: `2026-01-31`. */
export const dayIn = (zone: string, time: number): string =>
  new Date(time + aheadOfUtc[zone]! * hourMs).toISOString().slice(0, 10);

/** The day after. */
export const nextDay = (day: string): string => new Date(Date.parse(day) + 24 * hourMs).toISOString().slice(0, 10);
