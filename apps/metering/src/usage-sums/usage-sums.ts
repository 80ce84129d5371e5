import { Inject, Injectable } from '@nestjs/common';
import { EventStore } from '@tokengrid/event-store';
import { acrossLanes } from '@tokengrid/event-store/postgres';
import type { MeteringEvent } from '@tokengrid/contracts';
import { type Calendar, laneOf } from '@tokengrid/kernel';
import { DataSource } from 'typeorm';
import { payerStreamOf } from '../decisions/state/payer.ts';
import { measuresOf } from './measures.ts';
import { coverOf, longestStartOf, type Period, spans } from './spans.ts';
import { type WindowKind, windowsFrom, windowStartOf } from './windows.ts';

/** Dimensions by which sums are told apart, and their columns. */
const columns = {
  party: 'party_id',
  app: 'app',
  model: 'model',
  offer: 'offer_id',
  key: 'key_id',
  meter: 'meter',
} as const;
export type Dimension = keyof typeof columns;
export const dimensions = Object.keys(columns) as readonly Dimension[];

/** A query for sums. Times are epoch milliseconds. */
export interface SumsQuery {
  readonly window: WindowKind;
  /** Calendar of the windows. */
  readonly calendar: Calendar;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** Dimensions that sums are told apart by, in the order of {@link dimensions}. */
  readonly by: readonly Dimension[];
  /** Values of dimensions that alone are counted. */
  readonly of: Readonly<Partial<Record<Dimension, string | undefined>>>;
  /** Whether what metering states itself is counted, such as subsidies. */
  readonly withStated: boolean;
  readonly limit: number;
}

/** Sum of one window and one value of each dimension asked for; empty where a use has none. */
export interface UsageSum extends Period {
  readonly values: Readonly<Partial<Record<Dimension, string>>>;
  /** A decimal string; 0 unless one meter or each is asked for. */
  readonly units: string;
  readonly uses: number;
  /** µAIT. */
  readonly tokens: string;
}

/** Place of a sum in the list: start of its window, and its values. */
export type SumKey = readonly [start: number, ...values: string[]];

/** Windows that are added up at once. */
const windowsAtOnce: Readonly<Record<WindowKind, number>> = { minute: 1440, hour: 744, day: 366, month: 24 };
/** The same where all parties are told apart, which may be many. */
const windowsOfAllAtOnce: Readonly<Record<WindowKind, number>> = { minute: 60, hour: 24, day: 1, month: 1 };

type Row = Readonly<Record<string, string>> & { readonly nth: number };

/**
 * Reads sums of uses: exact, with late uses. They come from sums by quarters of an hour, hours and
 * quarters of a day; charges are only looked at where those end within a quarter of an hour, and
 * where they are too young to be in them. Minutes are added up from the charges.
 */
@Injectable()
export class UsageSums {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(EventStore) private readonly store: EventStore<MeteringEvent, undefined>,
  ) {}

  /**
   * At most `limit + 1` sums after the given key, by window and values. Empty ones are left out.
   */
  async read(query: SumsQuery, after?: SumKey): Promise<UsageSum[]> {
    const { window, calendar, limit, to = Infinity } = query;
    const isOfFew = query.of.party !== undefined || cubeOf(query) === withoutParty;
    const most = (isOfFew ? windowsAtOnce : windowsOfAllAtOnce)[window];
    const sums: UsageSum[] = [];
    let from: number | undefined = after?.[0] ?? query.from;
    for (let isFirst = true; sums.length <= limit && (from ?? 0) < to; isFirst = false) {
      if (!isFirst || from === undefined) from = await this.startOfNext(query, from ?? 0);
      if (from === undefined || from >= to) break;
      const windows = windowsFrom(window, calendar, { start: from, end: to }, most);
      sums.push(
        ...(await this.readWindows({ ...query, limit: limit - sums.length }, windows, isFirst ? after : undefined)),
      );
      from = windows.at(-1)!.end;
    }
    return sums;
  }

  /** A start of a window from a time on, before which nothing was used since then. */
  private async startOfNext({ window, calendar, ...query }: SumsQuery, from: number): Promise<number | undefined> {
    const sql = new Parameters();
    const where = conditionsOf(query, sql);
    const lane = this.laneOf(query, sql);
    const [row] = await this.dataSource.query<{ first: string | null }[]>(
      `${acrossLanes} select least(
        (select min(next.start) from usage_series measures cross join lateral (
           select sums.start from usage_sums sums
           where sums.lane = measures.lane and sums.series_id = measures.series_id and sums.span = ${spans[0]!.minutes}
             and sums.start >= ${sql.place(longestStartOf(from))} order by sums.start limit 1
         ) next where cube = ${sql.place(cubeOf(query))} and ${where} ${lane('measures')}),
        (select min(used_at) from (${measuresOf(youngCharges(lane('folds')))}) measures
         where used_at >= ${sql.place(from)} and ${where})
      ) as first`,
      sql.values,
    );
    if (typeof row?.first !== 'string') return undefined;
    return Math.max(from, windowStartOf(window, calendar, Number(row.first)));
  }

  private async readWindows(query: SumsQuery, windows: readonly Period[], after?: SumKey): Promise<UsageSum[]> {
    const sql = new Parameters();
    const bounds = sql.place(windows.map(({ start }) => start));
    const names = query.by.map((dimension) => columns[dimension]);
    const keys = ['nth', ...names].join();
    const values = after && [1, ...after.slice(1)].map((value) => sql.place(value)).join();
    const rows = await this.dataSource.query<Row[]>(
      `${acrossLanes} select * from (
         select width_bucket(used_at, ${bounds}::bigint[]) as nth, ${names.map((name) => `${name}, `).join('')}
           trim_scale(sum(units))::text as units, sum(uses)::float8 as uses, sum(tokens)::text as tokens
         from (${this.partsOf(query, windows, sql)}) parts group by ${keys}
       ) sums where (uses <> 0 or units <> '0' or tokens <> '0') ${values === undefined ? '' : `and (${keys}) > (${values})`}
       order by ${keys} limit ${query.limit + 1}`,
      sql.values,
    );
    return rows.map(({ nth, units, uses, tokens, ...row }) => ({
      ...windows[nth - 1]!,
      values: Object.fromEntries(query.by.map((dimension) => [dimension, row[columns[dimension]]!])),
      ...{ units: units!, uses: Number(uses), tokens: tokens! },
    }));
  }

  /** SQL of everything that the sums of windows consist of, in one snapshot. */
  private partsOf(query: SumsQuery, windows: readonly Period[], sql: Parameters): string {
    const { start } = windows[0]!;
    const { end } = windows.at(-1)!;
    const within = (period: Period) => `used_at >= ${sql.place(period.start)} and used_at < ${sql.place(period.end)}`;
    const where = conditionsOf(query, sql);
    const measured = (charges: string) =>
      `select ${measuredColumns}, uses from (${measuresOf(charges)}) measures where ${where}`;
    if (query.window === 'minute') {
      return measured(`select * from charges where ${within({ start, end })} ${chargeConditions(query, sql)}`);
    }
    const { starts, edges } = coverOf(windows);
    const lane = this.laneOf(query, sql);
    // `offset 0`: series by series, since each has few rows among many of others.
    const inSums = spans.map(
      ({ minutes }, at) => `
        select ${measuredColumns}, uses from (
          select measures.*, used_at, units, uses, tokens from usage_series measures cross join lateral (
            select start as used_at, units, uses, tokens from usage_sums sums
            where sums.lane = measures.lane and sums.series_id = measures.series_id
              and span = ${minutes} and start = any(${sql.place(starts[at])}::bigint[]) offset 0
          ) sums where cube = ${sql.place(cubeOf(query))} ${lane('measures')}
        ) measures where ${where}`,
    );
    const old = edges.map((edge) =>
      measured(`select charges.* from charges join usage_folds folds on folds.lane = charges.lane
        where charges.sequence <= folds.folded_to and ${within(edge)} ${chargeConditions(query, sql)}`),
    );
    const young = measured(`${youngCharges(lane('folds'))} and ${within({ start, end })}`);
    return [...inSums, ...old, young].join(' union all ');
  }

  /** Condition that names the lane of a payer; all lanes without one. */
  private laneOf({ of: { party } }: Pick<SumsQuery, 'of'>, sql: Parameters): (table: string) => string {
    if (party === undefined) return () => '';
    const lane = sql.place(laneOf(payerStreamOf(party), this.store.lanes));
    return (table) => `and ${table}.lane = ${lane}::int`;
  }
}

const measuredColumns = [...Object.values(columns), 'used_at', 'units', 'tokens']
  .map((name) => `measures.${name}`)
  .join();

/**
 * SQL of charges that are not in the sums yet. They are found by their place in the lane, whatever
 * else is asked of them: `offset 0` keeps the planner from other ways, along which they are many.
 */
const youngCharges = (lane: string): string => `
  select young.* from usage_folds folds cross join lateral (
    select * from charges where charges.lane = folds.lane
      and charges.sequence > folds.folded_to and charges.sequence <= folds.read_to offset 0
  ) young where true ${lane}`;

/** Parameters of a statement. */
class Parameters {
  readonly values: unknown[] = [];

  /** Adds a value, and returns its place. */
  place(value: unknown): string {
    return `$${this.values.push(value)}`;
  }
}

const withoutParty = 2;

/** The coarsest series that tell apart what is asked for. */
function cubeOf({ by, of }: Pick<SumsQuery, 'by' | 'of'>): number {
  const needs = (dimension: Dimension) => of[dimension] !== undefined || by.includes(dimension);
  if (needs('key') || (needs('party') && needs('offer'))) return 0;
  return needs('party') ? 1 : withoutParty;
}

/** Condition on measures: those of the dimensions' values, of each meter or of uses as a whole. */
function conditionsOf({ by, of, withStated }: Pick<SumsQuery, 'by' | 'of' | 'withStated'>, sql: Parameters): string {
  const asked = dimensions.flatMap((name) =>
    of[name] === undefined ? [] : [`${columns[name]} = ${sql.place(of[name])}`],
  );
  if (of.meter === undefined) asked.push(by.includes('meter') ? `meter <> ''` : `meter = ''`);
  if (!withStated) asked.push(`stated = ''`);
  return asked.join(' and ');
}

/** The same as a condition on charges, as far as an index fits. */
function chargeConditions({ of }: SumsQuery, sql: Parameters): string {
  const indexed = ['party', 'app', 'model'] as const;
  return indexed
    .flatMap((name) => (of[name] === undefined ? [] : [`and ${columns[name]} = ${sql.place(of[name])}`]))
    .join(' ');
}
