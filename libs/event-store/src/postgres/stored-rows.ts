import { deserialize } from 'node:v8';
import type { Pool, PoolClient } from 'pg';
import { EventsRetired } from '../command.ts';
import type { LaneHead, StoredCommand, StreamState, WantedStream } from '../storage.ts';
import { int4Array, textArray } from './binary-arrays.ts';
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

/** A stored state with the first of the events after it, or with none, or an event without a state before it. */
type StateRow = {
  readonly of_stream: string;
  readonly state_revision: number | null;
  readonly state: Buffer | null;
} & (EventRow | { readonly [Column in keyof EventRow]: null });

type Queryable = Pick<Pool | PoolClient, 'query'>;

/**
 * In one statement, so that both are read at the same moment: events may be retired once a state covers them. A stored state comes
 * once, with the first of the few events after it: it is larger than they are.
 */
const statesAndEvents = `
  select of_stream, state_revision, case when revision > state_revision + 1 then null else state end as state, ${eventColumns}
  from unnest($1::text[], $2::int4[]) wanted (of_stream, of_version)
  left join lateral (
    select revision as state_revision, state from streams where stream_id = of_stream and state_version = of_version
  ) stored on true
  left join events on stream_id = of_stream and revision > coalesce(state_revision, 0)
  order by of_stream, revision`;

/** Stored states of the wanted version, and what the events after those make of them. */
export async function findStates(
  client: Queryable,
  service: string,
  streams: readonly WantedStream[],
): Promise<Map<string, StreamState>> {
  const found = new Map<string, StreamState>();
  if (streams.length === 0) return found;
  const { rows } = await client.query<StateRow>({
    name: 'find-states',
    text: statesAndEvents,
    values: [
      textArray(streams.map(({ streamId }) => streamId)),
      int4Array(streams.map(({ stateVersion }) => stateVersion)),
    ],
  });
  const ofStream = Map.groupBy(rows, (row) => row.of_stream);
  for (const stream of streams) {
    const state = stateOfRows(service, stream, ofStream.get(stream.streamId) ?? []);
    if (state) found.set(stream.streamId, state);
  }
  return found;
}

function stateOfRows(service: string, stream: WantedStream, rows: readonly StateRow[]): StreamState | undefined {
  const { state_revision: revision = null, state = null } = rows[0] ?? {};
  const stored = revision === null || state === null ? undefined : { revision, state: deserialize(state) as unknown };
  const events = rows.flatMap((row) => (row.stream_id === null ? [] : [eventOfRow(service, row)]));
  if (!stored && events.length === 0) return undefined;
  if (events.length > 0 && events[0]!.revision !== (stored?.revision ?? 0) + 1)
    throw new EventsRetired(`the first events of ${stream.streamId} are`);
  return stream.fold(stored, events);
}
