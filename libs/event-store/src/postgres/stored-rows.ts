import { deserialize } from 'node:v8';
import type { Pool, PoolClient } from 'pg';
import { EventsRetired } from '../command.ts';
import type { LaneHead, StoredCommand, StreamState, WantedStream } from '../storage.ts';
import { textArray } from './binary-arrays.ts';
import { eventColumns, eventOfRow, type EventRow } from './event-rows.ts';

/** A lane's row. */
export interface HeadRow {
  sequence: string;
  hash: Buffer;
  time: string;
}

export function headOfRow(row: HeadRow | undefined, lane: number): LaneHead {
  if (!row) throw new Error(`lane ${lane} is not in the database`);
  return { sequence: Number(row.sequence), hash: row.hash.toString('hex'), time: Number(row.time) };
}

export interface CommandRow {
  command_id: string;
  lane: number;
  sequence: string;
  count: number;
  input_hash: Buffer | null;
}

export function commandOfRow(row: CommandRow): StoredCommand {
  return {
    commandId: row.command_id,
    lane: row.lane,
    sequence: Number(row.sequence),
    count: row.count,
    inputHash: row.input_hash?.toString('hex'),
  };
}

interface StateRow {
  stream_id: string;
  revision: number;
  state_version: number;
  state: Buffer;
}

type Queryable = Pick<Pool | PoolClient, 'query'>;

/** States as stored; those of another state version, or of none, are folded from their events. */
export async function findStates(
  client: Queryable,
  service: string,
  streams: readonly WantedStream[],
): Promise<Map<string, StreamState>> {
  const found = new Map<string, StreamState>();
  if (streams.length === 0) return found;
  const { rows } = await client.query<StateRow>({
    name: 'find-states',
    text: 'select stream_id, revision, state_version, state from streams where stream_id = any($1)',
    values: [textArray(streams.map((stream) => stream.streamId))],
  });
  const byId = new Map(rows.map((row) => [row.stream_id, row]));
  for (const stream of streams) {
    const row = byId.get(stream.streamId);
    if (row === undefined) continue;
    if (row.state_version === stream.stateVersion) {
      found.set(stream.streamId, { revision: row.revision, state: deserialize(row.state) });
      continue;
    }
    const events = await client.query<EventRow>(
      `select ${eventColumns} from events where stream_id = $1 order by revision`,
      [stream.streamId],
    );
    if (events.rows[0]?.revision !== 1) throw new EventsRetired(`the first events of ${stream.streamId} are`);
    found.set(stream.streamId, stream.fold(events.rows.map((event) => eventOfRow(service, event))));
  }
  return found;
}
