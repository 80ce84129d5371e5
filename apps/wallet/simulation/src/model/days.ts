/** Local time of a zone, as milliseconds from the epoch as if it were UTC. */
type WallTime = number;

/** No clock is put back by more. */
const longestStepBack = 3 * 3_600_000;

/**
 * The operator's days and months (rules "Days"), whatever their length. A day is what the local
 * calendar shows, so it can be short or long, or be left out.
 */
export class Days {
  private readonly wall: Intl.DateTimeFormat;
  /** Results of the last calls, remembered. */
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

  /** The first moment of a later month. */
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

  /** Local time just before the last step back of the zone's clock, if that was recent. */
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
 * The first whole number that fulfils a condition, which fails at the first bound, holds at the
 * other, and holds from some number on.
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
