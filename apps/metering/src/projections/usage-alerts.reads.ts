import { Inject, Injectable } from '@nestjs/common';
import type { EventOf, UsageAlertRaised } from '@tokengrid/contracts';
import { acrossLanes } from '@tokengrid/event-store/postgres';
import { DataSource } from 'typeorm';

/** An alert that was raised. */
export interface RaisedAlertRow {
  readonly sequence: number;
  /** Epoch milliseconds. */
  readonly raisedAt: number;
  readonly raised: EventOf<typeof UsageAlertRaised>['data'];
}

/** Alerts of one owner; filters that are undefined are not asked for. Epoch milliseconds. */
export interface RaisedAlertFilters {
  readonly owner: string;
  readonly name?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Reads of alerts that were raised. */
@Injectable()
export class RaisedUsageAlerts {
  constructor(@Inject(DataSource) private readonly dataSource: Pick<DataSource, 'query'>) {}

  /** At most `most` of them behind the given key, by the time of raising. */
  list(
    { owner, name, from, to }: RaisedAlertFilters,
    after: readonly [raisedAt: number, sequence: number] | undefined,
    most: number,
  ): Promise<RaisedAlertRow[]> {
    return this.dataSource.query<RaisedAlertRow[]>(select, [
      ...[owner, name ?? null, from ?? null, to ?? null],
      ...[after?.[0] ?? null, after?.[1] ?? null, most],
    ]);
  }
}

const select = `
  ${acrossLanes} select sequence::float8 as sequence, raised_at::float8 as "raisedAt", raised from raised_usage_alerts
  where owner_id = $1 and ($2::text is null or name = $2) and ($3::bigint is null or raised_at >= $3)
    and ($4::bigint is null or raised_at < $4) and ($5::bigint is null or (raised_at, sequence) > ($5, $6))
  order by raised_at, sequence limit $7`;
