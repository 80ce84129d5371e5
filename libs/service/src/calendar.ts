import { type Calendar, dayAfter, firstOfNextMonth } from '@tokengrid/kernel';
import { LRUCache } from 'lru-cache';
import { Temporal } from 'temporal-polyfill';

/** Start of a day and of the next one; epoch milliseconds. */
interface Bounds {
  readonly day: string;
  readonly start: number;
  readonly end: number;
}

const hourMs = 3_600_000;
/** Hours whose days are remembered. */
const mostHours = 20_000;

/**
 * Canonical name of a time zone; undefined for an unknown name, including an offset such as
 * `+08:00`.
 */
export function timeZoneNamed(name: string): string | undefined {
  if (!/^[A-Za-z]/.test(name)) return undefined;
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name).timeZoneId;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/**
 * Calendar of a time zone, from the time zone data of the running Node. Every command asks for its
 * day, so the bounds of the current day and of days of late usage are cached.
 * @throws RangeError for an unknown time zone
 */
export function calendarOf(timeZone: string): Calendar {
  return new ZonedCalendar(timeZone);
}

/** Calendars that are kept: each remembers many hours. */
const kept = new LRUCache<string, Calendar>({ max: 16 });

/** {@link calendarOf} a time zone that callers name: the latest few are kept. */
export function keptCalendarOf(timeZone: string): Calendar {
  const calendar = kept.get(timeZone) ?? calendarOf(timeZone);
  kept.set(timeZone, calendar);
  return calendar;
}

class ZonedCalendar implements Calendar {
  private latest: Bounds = { day: '', start: 0, end: 0 };
  /** Bounds of the day in which each hour starts. */
  private readonly byHour = new LRUCache<number, Bounds>({ max: mostHours });

  constructor(readonly timeZone: string) {
    this.boundsOf(0);
  }

  dayOf(epochMs: number): string {
    return this.boundsOf(epochMs).day;
  }

  startOfDay(day: string): number {
    return Temporal.PlainDate.from(day).toZonedDateTime({ timeZone: this.timeZone }).epochMilliseconds;
  }

  endOfMonth(epochMs: number): number {
    return this.startOfDay(firstOfNextMonth(this.dayOf(epochMs)));
  }

  private boundsOf(epochMs: number): Bounds {
    const { latest } = this;
    if (latest.start <= epochMs && epochMs < latest.end) return latest;
    const hour = Math.floor(epochMs / hourMs);
    let bounds = this.byHour.get(hour) ?? this.shownBounds(hour * hourMs);
    this.byHour.set(hour, bounds);
    while (bounds.end <= epochMs) bounds = this.boundsFrom(dayAfter(bounds.day));
    this.latest = bounds;
    return bounds;
  }

  /**
   * Bounds of the day that clocks show, or of the day after it if clocks were put back into a day
   * that had ended.
   */
  private shownBounds(epochMs: number): Bounds {
    const shown = Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(this.timeZone).toPlainDate();
    let bounds = this.boundsFrom(shown.toString());
    while (bounds.end <= epochMs) bounds = this.boundsFrom(dayAfter(bounds.day));
    return bounds;
  }

  private boundsFrom(day: string): Bounds {
    return { day, start: this.startOfDay(day), end: this.startOfDay(dayAfter(day)) };
  }
}
