import type { EventsOf, ParkedUse, usageEvents } from '@tokengrid/contracts';
import type { Projection, SqlWriter } from '@tokengrid/event-store';

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
  async flush(sql, batch, lane) {
    const waiting = [...batch.values()].filter((last) => last !== 'gone');
    const gone = [...batch].filter(([, last]) => last === 'gone').map(([usageId]) => usageId);
    if (waiting.length > 0) await upsertWaiting(sql, lane, waiting);
    if (gone.length > 0) {
      await sql.query('delete from parked_usage where lane = $1 and usage_id = any($2::text[])', [lane, gone]);
    }
  },
};

async function upsertWaiting(sql: SqlWriter, lane: number, waiting: readonly Parked[]): Promise<void> {
  await sql.query(upsertParked, [
    lane,
    waiting.map(({ use }) => use.usageId),
    waiting.map(({ partyId }) => partyId),
    waiting.map(({ use }) => use.waitsFor),
    waiting.map(({ use }) => use.reportedBy),
    waiting.map(({ use: { waitsFor: _, ...use } }) => JSON.stringify(use)),
    waiting.map(({ sequence }) => sequence),
    waiting.map(({ place }) => place),
    waiting.map(({ time }) => time),
  ]);
}

const columns = 'usage_id, party_id, waits_for, reported_by, use, sequence, place, parked_at';

const upsertParked = `
  insert into parked_usage (lane, ${columns})
  select $1::int, usage_id, party_id, waits_for, reported_by, use::jsonb, sequence, place, parked_at
  from unnest(
    $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::smallint[], $9::bigint[]
  ) parked (${columns})
  on conflict (lane, usage_id) do update set waits_for = excluded.waits_for, use = excluded.use, sequence = excluded.sequence,
    place = excluded.place, parked_at = excluded.parked_at`;
