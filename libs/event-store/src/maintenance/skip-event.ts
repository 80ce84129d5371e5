import {
  type Catalogue,
  commandIdOf,
  eventId,
  EventSkipped,
  encodeData,
  hashOf,
  readData,
  type StoredEvent,
  systemActor,
  UnreadableEvent,
} from '@tokengrid/contracts';
import { skippedStreamId } from '@tokengrid/kernel';
import type { Pool, PoolClient } from 'pg';
import { skippedBy } from '../fold-stream.ts';
import { eventColumns, eventOfRow, type EventRow } from '../postgres/event-rows.ts';
import { storedChannel } from '../postgres/notices.ts';
import { storedLanes } from '../postgres/postgres-event-store.ts';
import { inTransaction } from '../postgres/transaction.ts';
import { headOf, storeEvents } from './restore-batch.ts';

export interface SkipOptions {
  readonly pool: Pool;
  readonly catalogue: Catalogue;
  readonly lane: number;
  readonly sequence: number;
  /** Reason of the operator; it stays in the topic for ever. */
  readonly because: string;
}

/** Result of a skip. */
export interface Skipped {
  /** The skipped event. */
  readonly skipped: StoredEvent;
  /** The event of the skip. */
  readonly by: StoredEvent;
  /** True if it had been skipped before. */
  readonly already: boolean;
}

/**
 * Skips an event for all processes that can't read it, by an event of the same lane. Safe while the
 * service runs: it is stored under the lane's lock, and the lane's relay publishes it.
 * @throws Error for an event that is not in the database, or that is readable: history can't be
 * chosen from
 */
export async function skipEvent(options: SkipOptions): Promise<Skipped> {
  const { pool, catalogue, lane, sequence } = options;
  const { service } = catalogue;
  const lanes = await storedLanes(pool, service);
  if (lanes === undefined) throw new Error(`the database of ${service} is empty: run restore first`);
  if (lane >= lanes) throw new Error(`${service} has lanes 0 to ${lanes - 1}`);
  return inTransaction(pool, async (client) => {
    const head = await headOf(client, lane, 'for update');
    const [skipped] = await eventsWhere(client, service, 'lane = $1 and sequence = $2', [lane, sequence]);
    if (!skipped) throw new Error(notStored(options, head.sequence));
    refuseReadable(catalogue, skipped);
    const streamId = skippedStreamId(lane, lanes);
    const before = await eventsWhere(client, service, 'lane = $1 and stream_id = $2 order by revision', [
      lane,
      streamId,
    ]);
    const earlier = before.find((event) => skippedBy(event)?.sequence === sequence);
    if (earlier) return { skipped, by: earlier, already: true };
    const by = await decided(client, options, skipped, { head, streamId, revision: before.length + 1 });
    await storeEvents(client, lane, [by]);
    await client.query(`select pg_notify($1, $2)`, [storedChannel, String(lane)]);
    return { skipped, by, already: false };
  });
}

async function eventsWhere(
  client: PoolClient,
  service: string,
  condition: string,
  parameters: readonly unknown[],
): Promise<readonly StoredEvent[]> {
  const { rows } = await client.query<EventRow>(`select ${eventColumns} from events where ${condition}`, [
    ...parameters,
  ]);
  return rows.map((row) => eventOfRow(service, row));
}

function notStored({ catalogue, lane, sequence }: SkipOptions, last: number): string {
  const id = eventId({ service: catalogue.service, lane, sequence });
  return sequence > last
    ? `no such event ${id}: the lane ends at ${last}`
    : `${id} is no longer in the database (old events were retired): restore brings it back`;
}

function refuseReadable(catalogue: Catalogue, event: StoredEvent): void {
  try {
    readData(catalogue, event);
  } catch (error) {
    if (error instanceof UnreadableEvent) return;
    throw error;
  }
  throw new Error(
    `${eventId(event)} (${event.type}) is readable by this release: upgrade the process that can't read it; nothing was skipped`,
  );
}

async function decided(
  client: PoolClient,
  { catalogue, because }: SkipOptions,
  skipped: StoredEvent,
  at: { head: { sequence: number; hash: string }; streamId: string; revision: number },
): Promise<StoredEvent> {
  const { lane, sequence, hash, streamId, type } = skipped;
  const { head } = at;
  const { rows } = await client.query<{ time: string }>(
    'select greatest(time, floor(extract(epoch from clock_timestamp()) * 1000))::bigint as time from lanes where lane = $1',
    [lane],
  );
  const commandId = commandIdOf('tokengrid events skip', eventId(skipped));
  const unhashed = {
    ...{ service: catalogue.service, lane, sequence: head.sequence + 1 },
    ...{ streamId: at.streamId, revision: at.revision, type: EventSkipped.type, version: EventSkipped.version },
    ...{ time: Number(rows[0]!.time), commandId, inputHash: undefined, causationId: eventId(skipped) },
    ...{ correlationId: commandId, actor: systemActor('events-skip'), traceparent: undefined },
    value: encodeData(EventSkipped({ sequence, hash, streamId, type, because }).data),
  };
  return { ...unhashed, hash: hashOf(unhashed, head.hash) };
}
