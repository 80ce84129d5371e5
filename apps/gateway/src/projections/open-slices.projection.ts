import type { EdgeEvent } from '@tokengrid/contracts';
import type { Projection } from '@tokengrid/event-store';

interface Open {
  readonly partyId: string;
  readonly gatewayId: string;
  readonly epoch: number;
}

/** Last state of each slice in the batch: open at a process, or given back. */
type Batch = Map<string, Open | 'returned'>;

/** Open slices by their processes: a successor finds those of a dead one. */
export const openSlices: Projection<EdgeEvent, Batch> = {
  name: 'open-slices',
  tables: ['open_slices'],
  begin: () => new Map(),
  on: {
    SliceWanted: (batch, { data: { sliceId, partyId, gatewayId, epoch, number } }) => {
      if (number === 1) batch.set(sliceId, { partyId, gatewayId, epoch });
    },
    SliceReturned: (batch, { data: { sliceId } }) => void batch.set(sliceId, 'returned'),
    UsesServed: 'ignored',
  },
  async flush(sql, batch, lane) {
    const returned = [...batch].filter(([, last]) => last === 'returned').map(([sliceId]) => sliceId);
    const open = [...batch].flatMap(([sliceId, last]) => (last === 'returned' ? [] : [{ sliceId, ...last }]));
    if (returned.length > 0) {
      await sql.query('delete from open_slices where lane = $1 and slice_id = any($2::text[])', [lane, returned]);
    }
    if (open.length === 0) return;
    await sql.query(
      `insert into open_slices (lane, slice_id, party_id, gateway_id, epoch)
       select $1::int, open.* from unnest($2::text[], $3::text[], $4::text[], $5::int[]) open`,
      [
        lane,
        open.map(({ sliceId }) => sliceId),
        open.map(({ partyId }) => partyId),
        open.map(({ gatewayId }) => gatewayId),
        open.map(({ epoch }) => epoch),
      ],
    );
  },
};
