import type { EventsOf, sliceEvents } from '@tokengrid/contracts';
import type { Projection } from '@tokengrid/event-store';

interface Open {
  readonly partyId: string;
  readonly closesAt: number;
}

/** Last state of each slice in the batch: open until a time, or closed. */
type Batch = Map<string, Open | 'closed'>;

/** Open slices and the ends of their grace, for the clock. */
export const openSlices: Projection<EventsOf<typeof sliceEvents>, Batch> = {
  name: 'open-slices',
  tables: ['open_slices'],
  begin: () => new Map(),
  on: {
    SliceOffered: (batch, { data: { sliceId, partyId, validUntil, graceMs } }) =>
      void batch.set(sliceId, { partyId, closesAt: Date.parse(validUntil) + graceMs }),
    SliceClosed: (batch, { data: { sliceId } }) => void batch.set(sliceId, 'closed'),
    SliceRefused: 'ignored',
    SliceReported: 'ignored',
    SliceRecalled: 'ignored',
  },
  async flush(sql, batch, lane) {
    const closed = [...batch].filter(([, last]) => last === 'closed').map(([sliceId]) => sliceId);
    const open = [...batch].flatMap(([sliceId, last]) => (last === 'closed' ? [] : [{ sliceId, ...last }]));
    if (closed.length > 0) {
      await sql.query('delete from open_slices where lane = $1 and slice_id = any($2::text[])', [lane, closed]);
    }
    if (open.length === 0) return;
    await sql.query(
      `insert into open_slices (lane, slice_id, party_id, closes_at)
       select $1::int, open.* from unnest($2::text[], $3::text[], $4::bigint[]) open
       on conflict (lane, slice_id) do update set closes_at = excluded.closes_at`,
      [
        lane,
        open.map(({ sliceId }) => sliceId),
        open.map(({ partyId }) => partyId),
        open.map(({ closesAt }) => closesAt),
      ],
    );
  },
};
