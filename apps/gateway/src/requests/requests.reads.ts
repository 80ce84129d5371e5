import { Inject, Injectable } from '@nestjs/common';
import type { Delivery, Units } from '@tokengrid/contracts';
import { acrossLanes } from '@tokengrid/event-store/postgres';
import { DataSource } from 'typeorm';

/** A served request, and what the wallet answered to it. */
export interface ListedRequest {
  readonly requestId: string;
  /** Epoch milliseconds. */
  readonly usedAt: number;
  readonly app: string | null;
  readonly model: string | null;
  readonly offer: string | null;
  readonly key: string | null;
  readonly units: Units;
  readonly ended: Delivery['end'] | null;
  readonly firstUnitMs: number | null;
  readonly totalMs: number | null;
  /** Null, like the fields below, until the wallet has answered. */
  readonly chargeId: string | null;
  /** µAIT as a decimal string. */
  readonly tokens: string | null;
  readonly waits: boolean | null;
}

/** Filters of requests; undefined ones are not asked for. Times are epoch milliseconds. */
export interface RequestFilters {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly model?: string | undefined;
  readonly app?: string | undefined;
  readonly key?: string | undefined;
}

/** Sort key of requests: their time, and the request. */
export type RequestKey = readonly [usedAt: number, requestId: string];

/** Reads of served requests. */
@Injectable()
export class Requests {
  constructor(@Inject(DataSource) private readonly dataSource: Pick<DataSource, 'query'>) {}

  /** At most `most` requests of a payer after the given key, by their time. */
  list(
    partyId: string,
    { from, to, model, app, key }: RequestFilters,
    after: RequestKey | undefined,
    most: number,
  ): Promise<ListedRequest[]> {
    const [usedAfter = null, idAfter = null] = after ?? [];
    return this.dataSource.query<ListedRequest[]>(select, [
      ...[partyId, from ?? null, to ?? null, model?.toLowerCase() ?? null, app ?? null, key ?? null],
      ...[usedAfter, idAfter, most],
    ]);
  }
}

/** The wallet of a request may have changed between its charge and a correction: all are summed. */
const select = `
  ${acrossLanes} select page.request_id as "requestId", used_at::float8 as "usedAt", app, model, offer_id as offer,
    key_id as key, units, ended, first_unit_ms as "firstUnitMs", total_ms as "totalMs", charge_id as "chargeId",
    charges.tokens, waits
  from (
    select * from requests
    where party_id = $1 and ($2::float8 is null or used_at >= $2) and ($3::float8 is null or used_at < $3)
      and ($4::text is null or lower(model) = $4) and ($5::text is null or app = $5)
      and ($6::text is null or key_id = $6)
      and ($7::float8 is null or (used_at, request_id) > ($7::bigint, $8::text))
    order by used_at, request_id limit $9
  ) page
  cross join lateral (
    select min(charge_id) as charge_id, sum(tokens)::text as tokens, bool_or(waits) as waits
    from request_charges where request_charges.request_id = page.request_id
  ) charges
  order by used_at, request_id`;
