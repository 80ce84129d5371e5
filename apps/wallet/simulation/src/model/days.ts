/** A clock on a wall, as milliseconds from the epoch if it were one in UTC. */
type WallTime = number;

/** No clock goes back by as much. */
const longestStepBack = 3 * 3_600_000;

/**
 * The operator's days and months (rules "Days": a day or month is the operator's, whatever its
 * length; one that has begun never gives way to an earlier one). A day is what the calendar on the
 * operator's wall shows; so it is short or long now and then, or does not happen at all.
 */
export class Days {
  private readonly wall: Intl.DateTimeFormat;
  /** What was looked at last, and the last month whose end was. */
  private last = { time: NaN, day: '' };
  private end = { month: '', time: NaN };

  constructor(
    /** IANA's name of the zone. */
    readonly timeZone: string,
  ) {
    const [year, two] = ['numeric', '2-digit'] as const;
    const time = { hour: two, minute: two, second: two, hourCycle: 'h23' } as const;
    this.wall = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      calendar: 'gregory',
      year,
      month: two,
      day: two,
      ...time,
    });
  }

  dayOf(time: number): string {
    if (this.last.time === time) return this.last.day;
    const latest = Math.max(this.wallAt(time), this.wallBeforeStepBack(time));
    const day = new Date(latest).toISOString().slice(0, 10);
    this.last = { time, day };
    return day;
  }

  monthOf(time: number): string {
    return this.dayOf(time).slice(0, 7);
  }

  /** The first moment that is in a later month. */
  endOfMonth(time: number): number {
    const month = this.monthOf(time);
    if (this.end.month === month) return this.end.time;
    const end = firstWhere((each) => this.monthOf(each) > month, time, time + 33 * 86_400_000);
    this.end = { month, time: end };
    return end;
  }

  private wallAt(time: number): WallTime {
    const parts = new Map(this.wall.formatToParts(time).map(({ type, value }) => [type, value]));
    const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.get(type));
    return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  }

  /** What the clock showed just before it was last put back, if that was lately. */
  private wallBeforeStepBack(time: number): WallTime {
    const second = Math.floor(time / 1000) * 1000;
    const before = second - longestStepBack;
    const offset = (each: number) => this.wallAt(each) - each;
    if (offset(second) >= offset(before)) return -Infinity;
    const step = firstWhere((each) => offset(each * 1000) < offset(before), before / 1000, second / 1000) * 1000;
    return this.wallAt(step - 1000);
  }
}

/**
 * The first whole number for which something holds: not for the first of two, for the other, and
 * from some number on.
 */
function firstWhere(holds: (each: number) => boolean, first: number, other: number): number {
  let [not, it] = [first, other];
  while (it - not > 1) {
    const middle = Math.floor((not + it) / 2);
    if (holds(middle)) it = middle;
    else not = middle;
  }
  return it;
}
