import { Inject, Injectable } from '@nestjs/common';
import { laneOf } from '@tokengrid/kernel';
import { EventStore } from '@tokengrid/event-store';
import { acrossLanes } from '@tokengrid/event-store/postgres';
import { DataSource } from 'typeorm';
import { payerStreamOf } from '../decisions/state/payer.ts';
import type { PayersUse } from '../usage-events/reported-use.ts';

/**
 * Tells which uses were accepted before, however long ago: by the payer, the time and the id of the
 * use. For the few that the marks can't tell, or that must not be sent to their stream.
 */
@Injectable()
export class KnownUses {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(EventStore) private readonly store: Pick<EventStore, 'lanes'>,
  ) {}

  /** Ids of those uses that are rated or parked. */
  async among(uses: readonly PayersUse[]): Promise<ReadonlySet<string>> {
    if (uses.length === 0) return new Set();
    const rows = await this.dataSource.query<{ usage_id: string }[]>(selectKnown, [
      uses.map(({ partyId }) => laneOf(payerStreamOf(partyId), this.store.lanes)),
      uses.map(({ partyId }) => partyId),
      uses.map(({ use }) => Date.parse(use.time)),
      uses.map(({ use }) => use.usageId),
    ]);
    return new Set(rows.map(({ usage_id }) => usage_id));
  }
}

const selectKnown = `
  ${acrossLanes} select usage_id
  from unnest($1::int[], $2::text[], $3::bigint[], $4::text[]) asked (lane, party_id, used_at, usage_id)
  where exists (
    select from charges where charges.lane = asked.lane and charges.party_id = asked.party_id
      and charges.used_at = asked.used_at and charges.usage_id = asked.usage_id
  ) or exists (
    select from parked_usage where parked_usage.lane = asked.lane and parked_usage.usage_id = asked.usage_id
  )`;
