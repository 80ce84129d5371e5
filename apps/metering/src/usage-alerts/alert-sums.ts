import { Inject, Injectable } from '@nestjs/common';
import type { CountedByAlert, MeteringEvent } from '@tokengrid/contracts';
import { EventStore } from '@tokengrid/event-store';
import { acrossLanes } from '@tokengrid/event-store/postgres';
import { laneOf } from '@tokengrid/kernel';
import { DataSource } from 'typeorm';
import { payerStreamOf } from '../decisions/state/payer.ts';
import { measuresOf } from '../usage-sums/measures.ts';
import { type Period, spans } from '../usage-sums/spans.ts';
import { youngCharges } from '../usage-sums/usage-sums.ts';
import { sharedWalletOf, type SubjectKind, subjectOf } from './subjects.ts';

/** Windows of an alert to add up. They begin and end at quarters of an hour. */
export interface AskedOfAlert {
  readonly counted: CountedByAlert;
  readonly windows: readonly Period[];
}

interface Row {
  readonly at: number;
  readonly units: string;
  readonly uses: string;
  readonly tokens: string;
}

/** Columns of the subjects. */
const columns: Readonly<Record<SubjectKind, string | undefined>> = {
  ...{ party: 'party_id', app: 'app', model: 'model', offer: 'offer_id' },
  all: undefined,
};

/**
 * Sums of many alerts at once, those that `GET /v1/usage` and `GET /v1/charges/sums` tell: from the
 * sums of usage, and the few charges that are too young to be in them.
 */
@Injectable()
export class AlertSums {
  constructor(
    @Inject(DataSource) private readonly dataSource: Pick<DataSource, 'query'>,
    @Inject(EventStore) private readonly store: Pick<EventStore<MeteringEvent, undefined>, 'lanes'>,
  ) {}

  /** Sums of the windows asked for, as decimal strings; 0 where corrections take more back. */
  async of(asked: readonly AskedOfAlert[]): Promise<readonly (readonly string[])[]> {
    const sums = asked.map(({ windows }) => windows.map(() => '0'));
    const byKind = Map.groupBy(asked.keys(), (nth) => subjectOf(asked[nth]!.counted).kind);
    for (const [kind, all] of byKind) {
      const places = all.flatMap((nth) => asked[nth]!.windows.map((_, at) => [nth, at] as const));
      for (const row of await this.read(
        kind,
        all.map((nth) => asked[nth]!),
      )) {
        const [nth, at] = places[row.at]!;
        const value = row[asked[nth]!.counted.measure];
        if (!value.startsWith('-')) sums[nth]![at] = value;
      }
    }
    return sums;
  }

  /** Sums by the index of the window among all windows asked for; none of windows without use. */
  private read(kind: SubjectKind, asked: readonly AskedOfAlert[]): Promise<Row[]> {
    const counted = asked.map((each) => each.counted);
    const subjects = counted.map((each) => subjectOf(each).value);
    const windows = asked.flatMap((each, nth) => each.windows.map((window) => ({ nth, window })));
    const runs = windows.flatMap(({ nth, window }, at) => runsOf(window).map((run) => ({ nth, at, ...run })));
    const lanes =
      kind === 'party' ? subjects.map((party) => laneOf(payerStreamOf(party), this.store.lanes)) : undefined;
    return this.dataSource.query<Row[]>(sumsOf(columns[kind]), [
      counted.map((_, nth) => nth),
      subjects,
      ...(['app', 'model', 'offer', 'key'] as const).map((name) => counted.map((each) => each[name] ?? null)),
      counted.map(sharedWalletOf),
      counted.map(({ meter = '' }) => meter),
      counted.map(({ measure }) => (measure === 'tokens' ? 1 : 0)),
      counted.map(cubeOf),
      windows.map((_, at) => at),
      windows.map(({ nth }) => nth),
      windows.map(({ window }) => window.start),
      windows.map(({ window }) => window.end),
      runs.map(({ at }) => at),
      runs.map(({ nth }) => nth),
      runs.map(({ minutes }) => minutes),
      runs.map(({ start }) => start),
      runs.map(({ end }) => end),
      lanes ? [...new Set(lanes)] : Array.from({ length: this.store.lanes }, (_, lane) => lane),
    ]);
  }
}

/** Rows of one span next to each other. */
interface Run extends Period {
  /** Their span. */
  readonly minutes: number;
}

/**
 * Rows that cover a window, by the longest spans that lie within it.
 * @throws RangeError if it does not begin and end at quarters of an hour
 */
function runsOf({ start, end }: Period): readonly Run[] {
  const runs: Run[] = [];
  for (let at = start; at < end;) {
    const span = spans.find(({ ms }) => at % ms === 0 && at + ms <= end);
    if (!span) throw new RangeError('a window of an alert begins and ends at quarters of an hour');
    const { minutes, ms } = span;
    const last = runs.at(-1);
    if (last?.minutes === minutes) runs[runs.length - 1] = { ...last, end: at + ms };
    else runs.push({ minutes, start: at, end: at + ms });
    at += ms;
  }
  return runs;
}

/** The coarsest series that tell apart what is counted. */
function cubeOf({ party, offer, key }: CountedByAlert): number {
  if (party === undefined) return 2;
  return key !== undefined || offer !== undefined ? 0 : 1;
}

/** Condition on series or young charges: those that an alert counts. */
const isCounted = (table: string, column: string | undefined): string => `
  ${column === undefined ? 'true' : `${table}.${column} = asked.subject`} and ${table}.meter = asked.meter
  and (asked.app is null or ${table}.app = asked.app) and (asked.model is null or ${table}.model = asked.model)
  and (asked.offer_id is null or ${table}.offer_id = asked.offer_id)
  and (asked.key_id is null or ${table}.key_id = asked.key_id)
  and (asked.member_of is null or ${table}.member_of = asked.member_of)
  and (asked.with_stated = 1 or ${table}.stated = '')`;

/**
 * SQL of the sums. `offset 0`: series are found by their subject, and rows by their series, however
 * few of either the planner expects.
 * @param column of the subjects; undefined: all usage
 */
const sumsOf = (column: string | undefined): string => `
  ${acrossLanes} with counted as materialized (
    select * from unnest($1::int[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
      $9::int[], $10::int[]) counted (nth, subject, app, model, offer_id, key_id, member_of, meter, with_stated, cube)
  ), windows as materialized (
    select * from unnest($11::int[], $12::int[], $13::bigint[], $14::bigint[]) windows (at, nth, starts_at, ends_at)
  ), runs as materialized (
    select * from unnest($15::int[], $16::int[], $17::int[], $18::bigint[], $19::bigint[])
      runs (at, nth, span, starts_at, ends_at)
  ), young as materialized (
    ${measuresOf(
      youngCharges(
        `and folds.lane = any($20::int[]) ${column === undefined ? '' : `and young.${column} = any($2::text[])`}`,
      ),
    )}
  )
  select at, trim_scale(sum(units))::text as units, sum(uses)::text as uses, sum(tokens)::text as tokens from (
    select asked.at, sums.units, sums.uses, sums.tokens
    from (select * from counted join runs using (nth) offset 0) asked
    cross join lateral (
      select series.lane, series.series_id from usage_series series
      where series.cube = asked.cube and series.lane = any($20::int[]) and ${isCounted('series', column)} offset 0
    ) series
    cross join lateral (
      select sums.units, sums.uses, sums.tokens from usage_sums sums
      where sums.lane = series.lane and sums.series_id = series.series_id and sums.span = asked.span
        and sums.start >= asked.starts_at and sums.start < asked.ends_at offset 0
    ) sums
    union all
    select asked.at, young.units, young.uses, young.tokens
    from (select * from counted join windows using (nth) offset 0) asked
    join young on ${isCounted('young', column)} and young.used_at >= asked.starts_at and young.used_at < asked.ends_at
  ) parts group by at`;
