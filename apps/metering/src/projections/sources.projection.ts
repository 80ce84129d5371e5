import type { EventOf, EventsOf, sourceEvents, SourceSet } from '@tokengrid/contracts';
import type { Projection } from '@tokengrid/event-store';

type Mapped = EventOf<typeof SourceSet>['data'] & { readonly setAt: number };

/** Last state of each source in the batch. */
type Batch = Map<string, Mapped | 'removed'>;

/** Mappings of types of usage events. */
export const sources: Projection<EventsOf<typeof sourceEvents>, Batch> = {
  name: 'sources',
  tables: ['sources'],
  streamsApart: true,
  begin: () => new Map(),
  on: {
    SourceSet: (batch, { data, time }) => void batch.set(data.sourceId, { ...data, setAt: time }),
    SourceRemoved: (batch, { data }) => void batch.set(data.sourceId, 'removed'),
  },
  async flush(sql, batch, lane) {
    const set = [...batch.values()].filter((last) => last !== 'removed');
    const removed = [...batch].filter(([, last]) => last === 'removed').map(([sourceId]) => sourceId);
    if (set.length > 0) {
      await sql.query(upsertSources, [
        lane,
        set.map(({ sourceId }) => sourceId),
        set.map(({ partyId }) => partyId),
        set.map(({ type }) => type),
        set.map(({ version }) => version),
        set.map(({ app, model, units }) => JSON.stringify({ app, model, units })),
        set.map(({ setAt }) => setAt),
      ]);
    }
    if (removed.length > 0) {
      await sql.query('delete from sources where lane = $1 and source_id = any($2::text[])', [lane, removed]);
    }
  },
};

const columns = 'source_id, party_id, type, version, mapping, set_at';

const upsertSources = `
  insert into sources (lane, ${columns})
  select $1::int, source_id, party_id, type, version, mapping::jsonb, set_at
  from unnest($2::text[], $3::text[], $4::text[], $5::int[], $6::text[], $7::bigint[]) set_now (${columns})
  on conflict (lane, source_id) do update set version = excluded.version, mapping = excluded.mapping,
    set_at = excluded.set_at`;
