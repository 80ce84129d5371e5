import { Inject, Injectable } from '@nestjs/common';
import type { Calendar } from '@tokengrid/kernel';
import { dayAfter } from '@tokengrid/kernel';
import { acrossLanes } from '@tokengrid/event-store/postgres';
import { operatorCalendar } from '@tokengrid/service';
import { DataSource } from 'typeorm';
import type { Visible } from './visibility.ts';

/** Lengths of windows aligned to the epoch in UTC. Days are the operator's. */
const windowMs = { minute: 60_000, hour: 3_600_000 } as const;

/** Maximum number of days per statement: they are looked up one by one. */
const daysAtOnce = 400;

/** A query for sums. Times are epoch milliseconds. */
export interface TotalsQuery {
  readonly app?: string | undefined;
  readonly model?: string | undefined;
  readonly meter?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly window: keyof typeof windowMs | 'day';
  readonly limit: number;
}

/** Units of one meter in one window. `app` and `model` are empty for a use without one. */
export interface UsageTotal {
  readonly start: number;
  readonly end: number;
  readonly party: string;
  readonly app: string;
  readonly model: string;
  readonly meter: string;
  /** A decimal string. */
  readonly units: string;
  readonly uses: number;
}

/** Sort key of sums: start of the window, party, app, model and meter. */
export type TotalKey = readonly [number, string, string, string, string];

type Row = Omit<UsageTotal, 'start' | 'end' | 'uses'> & { readonly start: string; readonly uses: string };

type Condition = readonly [column: string, operator: string, value: unknown];

/**
 * Sums usage from the charges on request: exact, late uses included, and without a table to
 * maintain.
 */
@Injectable()
export class UsageTotals {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(operatorCalendar) private readonly calendar: Calendar,
  ) {}

  /** At most `limit + 1` sums after the given key, by window, party, app, model and meter. */
  async read(query: TotalsQuery, visible: Visible, after?: TotalKey): Promise<UsageTotal[]> {
    const { window } = query;
    if (window === 'day') return this.days(query, visible, after);
    const rows = await this.select(query, visible, `used_at - used_at % ${windowMs[window]}`, [], after);
    return rows.map((row) => totalOf(row, (start) => start + windowMs[window]));
  }

  /**
   * Sums of days, a bounded number at a time from the first day with usage, until there are enough.
   */
  private async days(query: TotalsQuery, visible: Visible, after?: TotalKey): Promise<UsageTotal[]> {
    const totals: UsageTotal[] = [];
    let from = Math.max(query.from ?? 0, after?.[0] ?? 0);
    while (totals.length <= query.limit) {
      const first = await this.firstUse({ ...query, from }, visible);
      if (first === undefined) break;
      const starts = this.startsFrom(first);
      const to = Math.min(query.to ?? Infinity, starts.at(-1)!);
      const part = { ...query, from, to, limit: query.limit - totals.length };
      const rows = await this.select(
        part,
        visible,
        '($1::bigint[])[width_bucket(used_at, $1::bigint[])]',
        [starts],
        after,
      );
      totals.push(...rows.map((row) => totalOf(row, (start) => this.nextDay(start))));
      from = starts.at(-1)!;
    }
    return totals;
  }

  /** Start of a use's day, and of the following ones. */
  private startsFrom(usedAt: number): number[] {
    const starts = [this.calendar.startOfDay(this.calendar.dayOf(usedAt))];
    while (starts.length <= daysAtOnce) starts.push(this.nextDay(starts.at(-1)!));
    return starts;
  }

  private nextDay(start: number): number {
    return this.calendar.startOfDay(dayAfter(this.calendar.dayOf(start)));
  }

  private async firstUse(query: TotalsQuery, visible: Visible): Promise<number | undefined> {
    const { where, parameters } = conditionsOf(query, visible, []);
    const [row] = await this.dataSource.query<{ first: string | null }[]>(
      `${acrossLanes} select min(used_at) as first from charges ${where}`,
      parameters,
    );
    return typeof row?.first === 'string' ? Number(row.first) : undefined;
  }

  /** @param start SQL for the start of a use's window, with the given parameters */
  private select(
    query: TotalsQuery,
    visible: Visible,
    start: string,
    given: unknown[],
    after?: TotalKey,
  ): Promise<Row[]> {
    const { where, parameters } = conditionsOf(query, visible, given, after && { start, after });
    return this.dataSource.query<Row[]>(
      `${acrossLanes} select ${start} as start, party_id as party, coalesce(app, '') as app, coalesce(model, '') as model, meter,
        trim_scale(sum(count::numeric))::text as units,
        count(*) filter (where number is null) - count(*) filter (where voided) as uses
      from charges cross join lateral jsonb_each_text(units) as used (meter, count)
      ${where}
      group by 1, 2, 3, 4, 5
      order by 1, 2, 3, 4, 5
      limit ${query.limit + 1}`,
      parameters,
    );
  }
}

function totalOf({ start, uses, ...row }: Row, endOf: (start: number) => number): UsageTotal {
  return { ...row, start: Number(start), end: endOf(Number(start)), uses: Number(uses) };
}

/** Conditions of the given filters only, so that an index fits. */
function conditionsOf(
  { app, model, meter, from, to }: TotalsQuery,
  visible: Visible,
  given: readonly unknown[],
  later?: { readonly start: string; readonly after: TotalKey },
): { readonly where: string; readonly parameters: unknown[] } {
  const asked: readonly Condition[] = [
    ['party_id', '=', visible.partyId],
    ['app', '=', app],
    ['model', '=', model],
    ['meter', '=', meter],
    ['used_at', '>=', from],
    ['used_at', '<', to],
  ];
  const parameters = [...given];
  const place = (value: unknown) => `$${parameters.push(value)}`;
  const filters = asked
    .filter(([, , value]) => value !== undefined)
    .map(([column, operator, value]) => `${column} ${operator} ${place(value)}`);
  // What a developer adds to the price of a use is no use of its own.
  filters.push('subsidy_of is null');
  if (later) {
    const places = later.after.map(place).join(', ');
    filters.push(`(${later.start}, party_id, coalesce(app, ''), coalesce(model, ''), meter) > (${places})`);
  }
  return { where: `where ${filters.join(' and ')}`, parameters };
}
