import { Inject, Injectable } from '@nestjs/common';
import type { AccruedSum, Units } from '@tokengrid/contracts';
import { acrossLanes } from '@tokengrid/event-store/postgres';
import { DataSource } from 'typeorm';
import type { Day } from '../decisions/state/days.ts';

/** A sum of accruals over all lanes. */
export interface AccrualView extends Omit<AccruedSum, 'lateFor' | 'app' | 'plan' | 'model' | 'units'> {
  readonly accrualId: string;
  readonly period: Day;
  readonly lateFor: Day | undefined;
  readonly app: string | undefined;
  readonly plan: string | undefined;
  readonly model: string | undefined;
  readonly units: Units;
}

export interface AccrualsAsked {
  readonly partyId: string | undefined;
  readonly period: Day | undefined;
  /** Period and id behind which the sums stand; undefined: from the first one on. */
  readonly after: readonly [period: Day, accrualId: string] | undefined;
  readonly most: number;
}

interface Row {
  readonly accrual_id: string;
  readonly period: Day;
  readonly late_for: Day | null;
  readonly party_id: string;
  readonly role: AccruedSum['role'];
  readonly app: string | null;
  readonly plan: string | null;
  readonly model: string | null;
  readonly price_version: string;
  readonly uses: string;
  readonly tokens: string;
}

/** Reads accruals: the sums of all lanes, by period and id. */
@Injectable()
export class Accruals {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  async list({ partyId, period, after, most }: AccrualsAsked): Promise<AccrualView[]> {
    const rows = await this.dataSource.query<Row[]>(
      `${acrossLanes} select accrual_id, period, late_for, party_id, role, app, plan, model, price_version,
         sum(uses) as uses, sum(tokens) as tokens
       from accruals
       where ($1::text is null or party_id = $1) and ($2::text is null or period = $2)
         and ($3::text is null or (period, accrual_id) > ($3, $4))
       group by period, accrual_id, late_for, party_id, role, app, plan, model, price_version
       order by period, accrual_id limit $5`,
      [partyId, period, after?.[0], after?.[1], most],
    );
    const units = await this.unitsOf(rows.map((row) => row.accrual_id));
    return rows.map((row) => viewOf(row, units.get(row.accrual_id) ?? {}));
  }

  private async unitsOf(accrualIds: readonly string[]): Promise<ReadonlyMap<string, Units>> {
    const rows = await this.dataSource.query<{ accrual_id: string; units: Units }[]>(
      `${acrossLanes} select accrual_id, json_object_agg(meter, units order by meter) as units
       from (
         select accrual_id, meter, trim_scale(sum(units))::text as units from accrued_units
         where accrual_id = any($1) group by accrual_id, meter
       ) counted
       group by accrual_id`,
      [accrualIds],
    );
    return new Map(rows.map((row) => [row.accrual_id, row.units]));
  }
}

function viewOf(row: Row, units: Units): AccrualView {
  return {
    accrualId: row.accrual_id,
    period: row.period,
    lateFor: row.late_for ?? undefined,
    partyId: row.party_id,
    role: row.role,
    app: row.app ?? undefined,
    plan: row.plan ?? undefined,
    model: row.model ?? undefined,
    priceVersion: row.price_version,
    tokens: BigInt(row.tokens),
    uses: Number(row.uses),
    units,
  };
}
