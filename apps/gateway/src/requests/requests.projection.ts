import type { edgeEvents, EventsOf, ServedUse } from '@tokengrid/contracts';
import type { Projection } from '@tokengrid/event-store';

interface Row {
  readonly partyId: string;
  readonly use: ServedUse;
}

/** Served requests, a row each; of one that was reported again, the first report. */
export const requests: Projection<EventsOf<typeof edgeEvents>, Map<string, Row>> = {
  name: 'requests',
  tables: ['requests'],
  begin: () => new Map(),
  on: {
    UsesServed: (rows, { data: { partyId, uses } }) => {
      for (const use of uses) if (!rows.has(use.eventId)) rows.set(use.eventId, { partyId, use });
    },
    SliceWanted: 'ignored',
    SliceReturned: 'ignored',
  },
  async flush(sql, batch, lane) {
    if (batch.size === 0) return;
    const rows = [...batch.values()];
    await sql.query(insert, [
      lane,
      [...batch.keys()],
      rows.map(({ partyId }) => partyId),
      rows.map(({ use }) => Date.parse(use.time)),
      rows.map(({ use }) => use.app ?? null),
      rows.map(({ use }) => use.model ?? null),
      rows.map(({ use }) => use.offer ?? null),
      rows.map(({ use }) => use.key ?? null),
      rows.map(({ use }) => JSON.stringify(use.units)),
      rows.map(({ use }) => use.delivery?.end ?? null),
      rows.map(({ use }) => use.delivery?.firstUnitMs ?? null),
      rows.map(({ use }) => use.delivery?.totalMs ?? null),
    ]);
  },
};

const columns = 'request_id, party_id, used_at, app, model, offer_id, key_id, units, ended, first_unit_ms, total_ms';
const insert = `
  insert into requests (lane, ${columns})
  select $1::int, request_id, party_id, used_at, app, model, offer_id, key_id, units::jsonb, ended, first_unit_ms, total_ms
  from unnest($2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
    $10::text[], $11::int[], $12::int[]) served (${columns})
  on conflict (lane, request_id) do nothing`;
