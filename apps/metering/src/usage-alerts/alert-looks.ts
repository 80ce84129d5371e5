import { Inject, Injectable } from '@nestjs/common';
import type { AlertTerms } from '@tokengrid/contracts';
import { acrossLanes } from '@tokengrid/event-store/postgres';
import { DataSource } from 'typeorm';
import type { AlertStep } from '../decisions/state/usage-alerts.ts';
import { spans } from '../usage-sums/spans.ts';

/** Events of one lane to look at: those after the first sequence, up to the last. */
export interface LaneLook {
  readonly lane: number;
  /** Undefined if the lane was never looked at: its alerts are new, its usage is not. */
  readonly after: number | undefined;
  readonly until: number;
  /** Sequence of the last event of the lane. */
  readonly head: number;
}

/** An alert that is set. */
export interface AlertRow {
  /** Lane of the owner's stream. */
  readonly lane: number;
  readonly ownerId: string;
  readonly name: string;
  readonly version: number;
  /** Epoch milliseconds. */
  readonly since: number;
  readonly terms: AlertTerms;
}

/** An alert, and quarters of an hour in which usage that it may count was added. */
export interface TouchedAlert extends AlertRow {
  /** Starts, epoch milliseconds. */
  readonly quarters: readonly number[];
}

/** A window of an alert. */
export interface AlertWindowRow {
  readonly alert: AlertRow;
  readonly start: number;
}

/** Most events of a lane that one look is at. */
const mostEvents = 2000;
/** Alerts that are read at once. */
const alertsAtOnce = 500;

/** Reads of what was added since the last look: usage, by the alerts that count it, and alerts. */
@Injectable()
export class AlertLooks {
  constructor(@Inject(DataSource) private readonly dataSource: Pick<DataSource, 'query'>) {}

  /** Lanes with events that were not looked at, and whether there is any alert. */
  async due(): Promise<{ readonly lanes: readonly LaneLook[]; readonly isAnySet: boolean }> {
    type Row = {
      readonly lane: number;
      readonly head: number;
      readonly after: number | null;
      readonly isAnySet: boolean;
    };
    const rows = await this.dataSource.query<Row[]>(selectDue);
    const isAnySet = rows.some((row) => row.isAnySet);
    const lanes = rows.map(({ lane, head, after }): LaneLook => {
      if (after === null) return { lane, after: undefined, until: head, head };
      return { lane, after, until: isAnySet ? Math.min(head, after + mostEvents) : head, head };
    });
    return { lanes, isAnySet };
  }

  /** Alerts that may count what was used in these events, by the index of usage. */
  touched(lanes: readonly LaneLook[]): Promise<TouchedAlert[]> {
    const looked = lanes.filter(({ after }) => after !== undefined);
    return this.dataSource.query<TouchedAlert[]>(selectTouched, [
      looked.map(({ lane }) => lane),
      looked.map(({ after }) => after),
      looked.map(({ until }) => until),
    ]);
  }

  /** Alerts that were set by these events, in pages. */
  async *set(lanes: readonly LaneLook[]): AsyncGenerator<readonly AlertRow[]> {
    for (const { lane, after = 0, until } of lanes) {
      for (let from = after; ;) {
        type Row = AlertRow & { readonly sequence: number };
        const rows = await this.dataSource.query<Row[]>(selectSet, [lane, from, until, alertsAtOnce]);
        if (rows.length > 0) yield rows;
        if (rows.length < alertsAtOnce) break;
        from = rows.at(-1)!.sequence;
      }
    }
  }

  /** Steps for which windows were raised, in the order of the windows. */
  async raised(windows: readonly AlertWindowRow[]): Promise<readonly ReadonlySet<AlertStep>[]> {
    const steps = windows.map(() => new Set<AlertStep>());
    const rows = await this.dataSource.query<{ at: number; step: number }[]>(selectRaised, [
      windows.map((_, at) => at),
      windows.map(({ alert }) => alert.lane),
      windows.map(({ alert }) => alert.ownerId),
      windows.map(({ alert }) => alert.version),
      windows.map(({ start }) => start),
    ]);
    for (const { at, step } of rows) steps[at]!.add(step === 0 ? 'anomaly' : step);
    return steps;
  }

  /** Remembers that these events were looked at. */
  async remember(lanes: readonly LaneLook[]): Promise<void> {
    await this.dataSource.query(upsertLooks, [lanes.map(({ lane }) => lane), lanes.map(({ until }) => until)]);
  }
}

const selectDue = `
  ${acrossLanes} select lanes.lane, lanes.sequence::float8 as head, looks.looked_to::float8 as after,
    exists (select from usage_alerts) as "isAnySet"
  from lanes left join usage_alert_looks looks on looks.lane = lanes.lane
  where lanes.sequence > coalesce(looks.looked_to, -1)`;

const columns = `alerts.lane, alerts.owner_id as "ownerId", alerts.name, alerts.version, alerts.since::float8 as since,
    alerts.terms`;

/** A suspended party hears nothing. */
const mayHear = 'not exists (select from suspended_parties where party_id = alerts.owner_id)';

/* `offset 0`: charges are found by their place in the lane, whatever else is asked of them. */
const selectTouched = `
  ${acrossLanes} with fresh as materialized (
    select distinct charges.party_id, charges.member_of, charges.app, charges.model, charges.offer_id, charges.key_id,
      charges.used_at - charges.used_at % ${spans.at(-1)!.ms} as quarter
    from unnest($1::int[], $2::bigint[], $3::bigint[]) looks (lane, after, until) cross join lateral (
      select party_id, member_of, app, model, offer_id, key_id, used_at from charges
      where charges.lane = looks.lane and charges.sequence > looks.after and charges.sequence <= looks.until offset 0
    ) charges
  )
  select ${columns}, array_agg(distinct fresh.quarter::float8) as quarters
  from fresh cross join lateral (
    values ('party', party_id), ('app', app), ('model', model), ('offer', offer_id), ('all', '')
  ) subject (kind, value)
  join usage_alerts alerts on alerts.subject_kind = subject.kind and alerts.subject = subject.value
    and (alerts.app is null or alerts.app = fresh.app) and (alerts.model is null or alerts.model = fresh.model)
    and (alerts.offer_id is null or alerts.offer_id = fresh.offer_id)
    and (alerts.key_id is null or alerts.key_id = fresh.key_id)
    and (alerts.member_of is null or alerts.member_of = fresh.member_of)
  where ${mayHear} group by alerts.lane, alerts.owner_id, alerts.name`;

const selectSet = `
  select ${columns}, alerts.sequence::float8 as sequence from usage_alerts alerts
  where alerts.lane = $1::int and alerts.sequence > $2 and alerts.sequence <= $3 and ${mayHear}
  order by alerts.sequence limit $4`;

const selectRaised = `
  ${acrossLanes} select asked.at, raised.step
  from unnest($1::int[], $2::int[], $3::text[], $4::int[], $5::bigint[]) asked (at, lane, owner_id, version, starts_at)
  join raised_usage_alerts raised using (lane, owner_id, version, starts_at)`;

const upsertLooks = `
  ${acrossLanes} insert into usage_alert_looks as looks (lane, looked_to)
  select * from unnest($1::int[], $2::bigint[]) order by 1
  on conflict (lane) do update set looked_to = greatest(looks.looked_to, excluded.looked_to)`;
