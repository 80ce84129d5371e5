import { Inject, Injectable } from '@nestjs/common';
import { instantOf } from '@tokengrid/contracts';
import { acrossLanes } from '@tokengrid/event-store/postgres';
import { DataSource } from 'typeorm';
import { type Day, firstDayOutside } from '../decisions/state/days.ts';

/** Progress and content of a period. */
export interface PeriodView {
  readonly period: Day;
  /**
   * `open` takes accruals; `closing`: some lanes have closed it; `closed`: its statements are made.
   */
  readonly status: 'open' | 'closing' | 'closed';
  /** True if closed while the day was still running; absent while it is open. */
  readonly early?: boolean;
  readonly uses: number;
  /** µAIT paid for them. */
  readonly tokens: bigint;
  readonly lanesCounted?: number;
  readonly lanes?: number;
  readonly statements?: number;
  readonly closingAt?: string;
  readonly closedAt?: string;
}

interface Row {
  readonly period: Day;
  readonly early: boolean | null;
  readonly lanes: number | null;
  readonly lanes_counted: number | null;
  readonly uses: string;
  readonly tokens: string;
  readonly statements: number | null;
  readonly closing_at: string | null;
  readonly closed_at: string | null;
}

/** Reads periods: those with accruals, and those closed without any. */
@Injectable()
export class PeriodViews {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** A period; open and empty if nothing is known of it. */
  async of(period: Day): Promise<PeriodView> {
    const [row] = await this.dataSource.query<Row[]>(`${selectPeriods} where period = $1`, [period]);
    return row ? viewOf(row) : { period, status: 'open', uses: 0, tokens: 0n };
  }

  /** At most `limit` periods after one, in order. */
  async after(period: Day, limit: number): Promise<PeriodView[]> {
    const rows = await this.dataSource.query<Row[]>(`${selectPeriods} where period > $1 order by period limit $2`, [
      period,
      limit,
    ]);
    return rows.map(viewOf);
  }

  /** The first day from `day` on whose closing nobody has requested: use of `day` accrues to it. */
  async firstOpenFrom(day: Day): Promise<Day> {
    const rows = await this.dataSource.query<Pick<Row, 'period'>[]>(
      'select period from periods where period >= $1 and closing_at is not null order by period',
      [day],
    );
    return rows.reduce((open, { period }) => firstDayOutside([{ first: period, last: period }], open), day);
  }
}

const selectPeriods = `
  ${acrossLanes} select * from (
    select period, early, lanes, lanes_counted, statements, closing_at, closed_at,
      coalesce(periods.uses, accrued.uses, 0) as uses, coalesce(periods.tokens, accrued.tokens, 0) as tokens
    from periods full join (
      select period, sum(uses) as uses, sum(tokens) as tokens from accrued_totals group by period
    ) accrued using (period)
  ) every_period`;

function viewOf(row: Row): PeriodView {
  const { period, early, lanes, lanes_counted, statements, closing_at, closed_at } = row;
  return {
    period,
    status: closed_at !== null ? 'closed' : closing_at !== null ? 'closing' : 'open',
    ...(early !== null && { early }),
    uses: Number(row.uses),
    tokens: BigInt(row.tokens),
    ...(lanes !== null && { lanes, lanesCounted: lanes_counted ?? 0 }),
    ...(statements !== null && { statements }),
    ...(closing_at !== null && { closingAt: instantOf(Number(closing_at)) }),
    ...(closed_at !== null && { closedAt: instantOf(Number(closed_at)) }),
  };
}
