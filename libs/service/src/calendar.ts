import { type Calendar, dayAfter, firstOfNextMonth } from '@tokengrid/kernel';
import { LRUCache } from 'lru-cache';
import { Temporal } from 'temporal-polyfill';

/** A day, with when it begins and when the next one does; epoch milliseconds. */
interface Bounds {
  readonly day: string;
  readonly start: number;
  readonly end: number;
}

const hourMs = 3_600_000;
/** Hours whose days are remembered. */
const mostHours = 20_000;

/** The name of a time zone in its own letters; undefined for what is none, an offset such as `+08:00` among that. */
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
 * The calendar of a time zone, by the time zone data of the Node that runs. Every command asks for its day, so the running day's bounds
 * are kept, and those of days that uses are late for.
 * @throws RangeError for a name that there is not
 */
export function calendarOf(timeZone: string): Calendar {
  return new ZonedCalendar(timeZone);
}

class ZonedCalendar implements Calendar {
  private latest: Bounds = { day: '', start: 0, end: 0 };
  /** Bounds of the day that each hour begins in. */
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

  /** Of the day that clocks show: or of the one after it, where they were put back to a day that was over. */
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
