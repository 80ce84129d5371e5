import type { EventsOf, ParkedUse, usageEvents } from '@tokengrid/contracts';
import { flushing, laneStatement, type Projection, writeRows } from '@tokengrid/event-store';

interface Parked {
  readonly partyId: string;
  readonly use: ParkedUse;
  /** Place of the parking: its event's sequence, and the index there. */
  readonly sequence: number;
  readonly place: number;
  /** Epoch milliseconds. */
  readonly time: number;
}

/** Last state of each use in the batch: parked, or rated or void. */
type Batch = Map<string, Parked | 'gone'>;

/** Parked uses. */
export const parked: Projection<EventsOf<typeof usageEvents>, Batch> = {
  name: 'parked',
  tables: ['parked_usage'],
  begin: () => new Map(),
  on: {
    UsageParked: (batch, { sequence, time, data: { partyId, uses } }) =>
      uses.forEach((use, place) => batch.set(use.usageId, { partyId, use, sequence, place, time })),
    UsageRated: (batch, { data: { uses } }) => uses.forEach(({ usageId }) => batch.set(usageId, 'gone')),
    ParkedUseCorrected: (batch, { sequence, time, data: { partyId, use, voided } }) =>
      void batch.set(use.usageId, voided ? 'gone' : { partyId, use, sequence, place: 0, time }),
    UsageCorrected: 'ignored',
    CorrectionRepeated: 'ignored',
    CorrectionRefused: 'ignored',
  },
  ...flushing(async (sql, ofLanes) => {
    const waiting = ofLanes.map(({ lane, batch }) => ({
      lane,
      rows: [...batch.values()].filter((last) => last !== 'gone'),
    }));
    await writeRows(sql, upsertParked, waiting, (rows) => [
      rows.map(({ use }) => use.usageId),
      rows.map(({ partyId }) => partyId),
      rows.map(({ use }) => use.waitsFor),
      rows.map(({ use }) => use.reportedBy),
      rows.map(({ use: { waitsFor: _, ...use } }) => JSON.stringify(use)),
      rows.map(({ sequence }) => sequence),
      rows.map(({ place }) => place),
      rows.map(({ time }) => time),
    ]);
    const gone = ofLanes.map(({ lane, batch }) => ({
      lane,
      rows: [...batch].filter(([, last]) => last === 'gone').map(([usageId]) => usageId),
    }));
    await writeRows(sql, deleteParked, gone, (usageIds) => [usageIds]);
  }),
};

const columns = 'usage_id, party_id, waits_for, reported_by, use, sequence, place, parked_at';

const upsertParked = laneStatement(
  ({ lane, array, column }) => `
  insert into parked_usage (lane, ${columns})
  select ${lane}, usage_id, party_id, waits_for, reported_by, use::jsonb, sequence, place, parked_at
  from unnest(
    ${array}$2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::smallint[], $9::bigint[]
  ) parked (${column}${columns})
  on conflict (lane, usage_id) do update set waits_for = excluded.waits_for, use = excluded.use, sequence = excluded.sequence,
    place = excluded.place, parked_at = excluded.parked_at`,
);

const deleteParked = {
  inLane: 'delete from parked_usage where lane = $1 and usage_id = any($2::text[])',
  inLanes: `
    delete from parked_usage using unnest($1::int[], $2::text[]) gone (lane, usage_id)
    where parked_usage.lane = gone.lane and parked_usage.usage_id = gone.usage_id`,
};
