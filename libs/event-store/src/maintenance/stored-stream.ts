import type { StoredEvent } from '@tokengrid/contracts';
import { laneOf } from '@tokengrid/kernel';
import type { Pool } from 'pg';
import { eventColumns, eventOfRow, type EventRow } from '../postgres/event-rows.ts';
import type { StoredLanes } from '../postgres/stored-rows.ts';

/** Stored events of a stream, in order; none without such a stream. */
export async function storedStream(
  pool: Pool,
  { service, lanes }: StoredLanes,
  streamId: string,
): Promise<readonly StoredEvent[]> {
  const { rows } = await pool.query<EventRow>(
    `select ${eventColumns} from events where lane = $1 and stream_id = $2 order by revision`,
    [laneOf(streamId, lanes), streamId],
  );
  return rows.map((row) => eventOfRow(service, row));
}
