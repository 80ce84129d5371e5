import type { StoredEvent } from '@tokengrid/contracts';
import type { Pool } from 'pg';
import { eventColumns, eventOfRow, type EventRow } from '../postgres/event-rows.ts';

/** Stored events of a stream, in order; none without such a stream. */
export async function storedStream(pool: Pool, service: string, streamId: string): Promise<readonly StoredEvent[]> {
  const { rows } = await pool.query<EventRow>(
    `select ${eventColumns} from events where stream_id = $1 order by revision`,
    [streamId],
  );
  return rows.map((row) => eventOfRow(service, row));
}
