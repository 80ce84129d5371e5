import type { EventOf, EventsOf, usageEvents, UsageParked } from '@tokengrid/contracts';
import type { Projection, SqlWriter } from '@tokengrid/event-store';
import type { Recorded } from '@tokengrid/kernel';

type Parked = Recorded<EventOf<typeof UsageParked>>;

/** Last state of each use in the batch: parked, or rated. */
type Batch = Map<string, Parked | 'rated'>;

/** Parked uses. */
export const parked: Projection<EventsOf<typeof usageEvents>, Batch> = {
  name: 'parked',
  tables: ['parked_usage'],
  begin: () => new Map(),
  on: {
    UsageParked: (batch, event) => void batch.set(event.data.usageId, event),
    UsageRated: (batch, { data }) => void batch.set(data.usageId, 'rated'),
    UsageBilled: 'ignored',
    UsageUncollected: 'ignored',
  },
  async flush(sql, batch, lane) {
    const waiting = [...batch.values()].filter((last) => last !== 'rated');
    const rated = [...batch].filter(([, last]) => last === 'rated').map(([usageId]) => usageId);
    if (waiting.length > 0) await upsertWaiting(sql, lane, waiting);
    if (rated.length > 0) {
      await sql.query('delete from parked_usage where lane = $1 and usage_id = any($2::text[])', [lane, rated]);
    }
  },
};

async function upsertWaiting(sql: SqlWriter, lane: number, events: readonly Parked[]): Promise<void> {
  await sql.query(upsertParked, [
    events.map(({ data }) => data.usageId),
    events.map(({ data }) => data.waitsFor),
    events.map(({ data }) => data.reportedBy),
    events.map(({ data: { waitsFor: _, ...use } }) => JSON.stringify(use)),
    events.map(({ id }) => id),
    events.map(({ time }) => time),
    lane,
  ]);
}

const upsertParked = `
  insert into parked_usage (lane, usage_id, waits_for, reported_by, use, parked_by, parked_at)
  select $7::int, usage_id, waits_for, reported_by, use::jsonb, parked_by, parked_at
  from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[])
    parked (usage_id, waits_for, reported_by, use, parked_by, parked_at)
  on conflict (lane, usage_id) do update
    set waits_for = excluded.waits_for, parked_by = excluded.parked_by, parked_at = excluded.parked_at`;
