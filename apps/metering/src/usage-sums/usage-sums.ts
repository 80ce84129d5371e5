import { Inject, Injectable } from '@nestjs/common';
import { EventStore } from '@tokengrid/event-store';
import { acrossLanes } from '@tokengrid/event-store/postgres';
import { type MeteringEvent, walletIdOf } from '@tokengrid/contracts';
import { type Calendar, laneOf } from '@tokengrid/kernel';
import { DataSource } from 'typeorm';
import { payerStreamOf } from '../decisions/state/payer.ts';
import { servedIn } from '../projections/charges.reads.ts';
import { measuresOf } from './measures.ts';
import { coverOf, longestStartOf, type Part, type Period, spans } from './spans.ts';
import { type WindowKind, windowsFrom, windowStartOf } from './windows.ts';

/** Dimensions of sums, and their values in SQL; empty where a use has none. */
const valuesSql = {
  party: 'party_id',
  app: 'app',
  model: 'model',
  offer: 'offer_id',
  region: `coalesce(region, '')`,
  key: 'key_id',
  member: `case when member_of = '' then '' else party_id end`,
  meter: 'meter',
} as const;
export type Dimension = keyof typeof valuesSql;
export const dimensions = Object.keys(valuesSql) as readonly Dimension[];

/** Columns of series, from which the values of dimensions follow. */
const columns = ['party_id', 'member_of', 'app', 'model', 'offer_id', 'key_id', 'meter'] as const;

/** A query for sums. Times are epoch milliseconds. */
export interface SumsQuery {
  readonly window: WindowKind;
  /** Calendar of the windows. */
  readonly calendar: Calendar;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** Dimensions by which sums are grouped, in the order of {@link dimensions}. */
  readonly by: readonly Dimension[];
  /**
   * Values of dimensions: only their uses are counted. If members are grouped by or asked for, a
   * party's uses are its own and those of its wallet's members.
   */
  readonly of: Readonly<Partial<Record<Dimension, string | undefined>>>;
  /** True if charges that metering states itself are counted, such as subsidies. */
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

/** Maximum number of windows that are added up at once. */
const windowsAtOnce: Readonly<Record<WindowKind, number>> = { minute: 1440, hour: 744, day: 366, month: 24 };
/** Number of windows that are added up without a look at how many of them fill a page. */
const windowsUnasked = 31;
/** The same maximum for sums by party, of which there may be many. */
const windowsOfAllAtOnce: Readonly<Record<WindowKind, number>> = { minute: 60, hour: 24, day: 1, month: 1 };

type Row = Readonly<Record<string, string>> & { readonly nth: number };

/**
 * Reads sums of uses: exact, late uses included. They are made of stored sums by spans. Charges are
 * read only for a window's edge within a quarter of an hour, for uses too young for the stored
 * sums, and for minutes.
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
    // Each of them but the empty ones has a sum.
    const most = Math.min((isOfFew ? windowsAtOnce : windowsOfAllAtOnce)[window], limit + 1);
    let atOnce: number | undefined;
    const sums: UsageSum[] = [];
    let from: number | undefined = after?.[0] ?? query.from;
    for (let isFirst = true; sums.length <= limit && (from ?? 0) < to; isFirst = false) {
      if (!isFirst || from === undefined) from = await this.startOfNext(query, from ?? 0);
      if (from === undefined || from >= to) break;
      const all = windowsFrom(window, calendar, { start: from, end: to }, atOnce ?? most);
      atOnce ??= all.length > windowsUnasked ? await this.windowsOfPage(query, most) : most;
      const windows = all.slice(0, atOnce);
      sums.push(
        ...(await this.readWindows({ ...query, limit: limit - sums.length }, windows, isFirst ? after : undefined)),
      );
      from = windows.at(-1)!.end;
      // There are fewer sums in a window than values: a page takes more of them.
      atOnce = Math.min(most, 4 * atOnce);
    }
    return sums;
  }

  /**
   * Number of windows that fill a page if most have a sum of every value, and the first is begun:
   * to add up many more of them would be in vain. A party's series are few; those of all are not
   * counted.
   */
  private async windowsOfPage(query: SumsQuery, most: number): Promise<number> {
    const { by, of, limit } = query;
    const open = by.filter((dimension) => of[dimension] === undefined);
    if (of.party === undefined || open.length === 0) return most;
    const sql = new Parameters();
    const where = conditionsOf(query, sql);
    const lane = this.laneOf(query, sql);
    // An offer keeps its region.
    const values = open.map((dimension) => valuesSql[dimension === 'region' ? 'offer' : dimension]).join();
    const [row] = await this.dataSource.query<{ values: number }[]>(
      `${acrossLanes} select count(*)::int as values from (
         select distinct ${values} from usage_series measures
         where cube = ${sql.place(cubeOf(query))} and ${where} ${lane('measures')}
       ) told`,
      sql.values,
    );
    return Math.min(most, Math.ceil((1.25 * limit) / Math.max(1, row!.values)) + 1);
  }

  /** Start of the first window from a time on that may have uses. */
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
    const names = query.by.map((dimension) => `of_${dimension}`);
    // An offer keeps its region.
    const regions = query.by.includes('region') ? 'left join rate_offers on model_id = offer_id' : '';
    const told = query.by.map((dimension) => `${valuesSql[dimension]} as of_${dimension}, `).join('');
    const keys = ['nth', ...names].join();
    const values = after && [1, ...after.slice(1)].map((value) => sql.place(value)).join();
    const rows = await this.dataSource.query<Row[]>(
      `${acrossLanes} select * from (
         select ${keys}, trim_scale(sum(units))::text as units, sum(uses)::float8 as uses, sum(tokens)::text as tokens
         from (
           select nth, ${told} units, uses, tokens from (${this.partsOf(query, windows, sql)}) parts ${regions}
         ) told group by ${keys}
       ) sums where (uses <> 0 or units <> '0' or tokens <> '0') ${values === undefined ? '' : `and (${keys}) > (${values})`}
       order by ${keys} limit ${query.limit + 1}`,
      sql.values,
    );
    return rows.map(({ nth, units, uses, tokens, ...row }) => ({
      ...windows[nth - 1]!,
      values: Object.fromEntries(query.by.map((dimension) => [dimension, row[`of_${dimension}`]!])),
      ...{ units: units!, uses: Number(uses), tokens: tokens! },
    }));
  }

  /** SQL of all parts of the sums of windows, in one snapshot. */
  private partsOf(query: SumsQuery, windows: readonly Period[], sql: Parameters): string {
    const { start } = windows[0]!;
    const { end } = windows.at(-1)!;
    const bounds = sql.place(windows.map((window) => window.start));
    const within = (period: Period) => `used_at >= ${sql.place(period.start)} and used_at < ${sql.place(period.end)}`;
    const where = conditionsOf(query, sql);
    const measured = (charges: string) =>
      `select ${seriesColumns}, width_bucket(used_at, ${bounds}::bigint[]) as nth, units, uses, tokens
       from (${measuresOf(charges, isOfMeters(query) ? 'meters' : 'uses')}) measures where ${where}`;
    if (query.window === 'minute') {
      return measured(`select * from charges where ${within({ start, end })} ${chargeConditions(query, sql)}`);
    }
    const { parts, edges } = coverOf(windows);
    const lane = this.laneOf(query, sql);
    const inSums = spans.flatMap(({ minutes }, at) =>
      parts[at]!.length === 0
        ? []
        : `select ${seriesColumns}, nth, units, uses, tokens
          from usage_series measures cross join lateral (${inSeries(minutes, parts[at]!, sql)}) sums
          where cube = ${sql.place(cubeOf(query))} and ${where} ${lane('measures')}`,
    );
    const old = edges.map((edge) =>
      measured(`select charges.* from charges join usage_folds folds on folds.lane = charges.lane
        where charges.sequence <= folds.folded_to and ${within(edge)} ${chargeConditions(query, sql)}`),
    );
    const young = measured(`${youngCharges(lane('folds'))} and ${within({ start, end })}`);
    return [...inSums, ...old, young].join(' union all ');
  }

  /** Condition that names the lane of a payer; all lanes without one, or with its members. */
  private laneOf(query: Told, sql: Parameters): (table: string) => string {
    const { party } = query.of;
    if (party === undefined || tellsMembers(query)) return () => '';
    const lane = sql.place(laneOf(payerStreamOf(party), this.store.lanes));
    return (table) => `and ${table}.lane = ${lane}::int`;
  }
}

const seriesColumns = columns.map((name) => `measures.${name}`).join();

/**
 * SQL of the sums of a series by window, from its rows of one span. `offset 0`: they are found by
 * the key of the table, since each series has few rows among many of others. A row's windows are
 * looked up in arrays: joined with them, rows were compared with each window one by one as long as
 * Postgres had no statistics of late.
 */
function inSeries(minutes: number, parts: readonly Part[], sql: Parameters): string {
  const rows = layersOf(parts).map((layer) => {
    const starts = `${sql.place(layer.map(({ start }) => start))}::bigint[]`;
    const nths = `(${sql.place(layer.map(({ nth }) => nth))}::int[])[place]`;
    const signs = `(${sql.place(layer.map(({ sign }) => sign))}::int[])[place]`;
    return `
      select ${nths} as nth, ${signs} as sign, units, uses, tokens from (
        select width_bucket(start, ${starts}) as place, units, uses, tokens from usage_sums sums
        where sums.lane = measures.lane and sums.series_id = measures.series_id
          and span = ${minutes} and start = any(${starts}) offset 0
      ) placed`;
  });
  return `
    select nth, sum(units * sign) as units, sum(uses * sign) as uses, sum(tokens * sign) as tokens
    from (${rows.join(' union all ')}) sums group by nth`;
}

/** Parts in lists with each start once, in order: a row at the border of two days is in two. */
function layersOf(parts: readonly Part[]): readonly (readonly Part[])[] {
  const layers: Part[][] = [];
  for (const part of [...parts].sort((one, other) => one.start - other.start)) {
    const layer = layers.find((each) => each.at(-1)!.start < part.start);
    if (layer) layer.push(part);
    else layers.push([part]);
  }
  return layers;
}

/**
 * SQL of charges that are not in the sums yet. `offset 0` makes the planner find them by their
 * place in the lane, where they are few, whatever the other conditions.
 */
export const youngCharges = (lane: string): string => `
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

/** Dimensions and filters of a query. */
type Told = Pick<SumsQuery, 'by' | 'of'>;

const tellsMembers = ({ by, of }: Told): boolean => of.member !== undefined || by.includes('member');

/** True for sums of a meter, or of each; else uses are added up as a whole. */
const isOfMeters = ({ by, of }: Told): boolean => of.meter !== undefined || by.includes('meter');

const withoutParty = 2;

/** The coarsest series that have the dimensions of a query. */
function cubeOf(query: Told): number {
  const { by, of } = query;
  const needs = (dimension: Dimension) => of[dimension] !== undefined || by.includes(dimension);
  if (needs('key')) return 0;
  return needs('party') || needs('member') ? 1 : withoutParty;
}

/** Condition on measures: those of the dimensions' values, of each meter or of uses as a whole. */
function conditionsOf({ withStated, ...query }: Told & Pick<SumsQuery, 'withStated'>, sql: Parameters): string {
  const { of } = query;
  const { party, region, member } = of;
  const asked = (['app', 'model', 'offer', 'key', 'meter'] as const).flatMap((name) =>
    of[name] === undefined ? [] : [`${valuesSql[name]} = ${sql.place(of[name])}`],
  );
  if (party !== undefined) asked.push(payerCondition(query, party, sql));
  if (region !== undefined) asked.push(servedIn(sql.place(region)));
  if (member !== undefined) asked.push(`party_id = ${sql.place(member)} and member_of <> ''`);
  if (of.meter === undefined) asked.push(isOfMeters(query) ? `meter <> ''` : `meter = ''`);
  if (!withStated) asked.push(`stated = ''`);
  return asked.join(' and ');
}

/** Condition for uses of a party, with those of its wallet's members if grouped by member. */
function payerCondition(query: Told, party: string, sql: Parameters): string {
  const own = `party_id = ${sql.place(party)}`;
  return tellsMembers(query) ? `(${own} or member_of = ${sql.place(walletIdOf(party))})` : own;
}

/** The same as a condition on charges, as far as an index fits. */
function chargeConditions(query: SumsQuery, sql: Parameters): string {
  const { party, app, model } = query.of;
  const payer = party === undefined ? [] : [`and ${payerCondition(query, party, sql)}`];
  const named = Object.entries({ app, model }).flatMap(([name, value]) =>
    value === undefined ? [] : [`and ${name} = ${sql.place(value)}`],
  );
  return [...payer, ...named].join(' ');
}
