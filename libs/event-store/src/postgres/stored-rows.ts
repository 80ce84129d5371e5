import type { Pool, PoolClient, QueryConfig } from 'pg';
import { skippedStreamId } from '@tokengrid/kernel';
import { EventsRetired, StreamUnreadable } from '../command.ts';
import { foldStream, skippedSequences } from '../fold-stream.ts';
import type { FoundStream, LaneCommands, LaneHead, StoredCommand, StreamState, WantedStream } from '../storage.ts';
import { int4Array, textArray, uuidArray } from './binary-arrays.ts';
import { eventColumns, eventOfRow, type EventRow } from './event-rows.ts';
import { stateOfBytes } from './state-bytes.ts';

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

/** Postgres' clock when a statement runs, in epoch milliseconds. */
export const epochMs = 'floor(extract(epoch from clock_timestamp()) * 1000)::int8';
export const readClock = `select ${epochMs} as now`;

export interface ClockRow {
  readonly now: string;
}

export interface CommandRow {
  command_id: string;
  lane: number;
  sequence: string;
  count: number;
  input_hash: Buffer | null;
}

export const commandColumns = 'lane, command_id, sequence, count, input_hash';

/** The commands of one lane that are stored: read under its lock, or at any time. */
export function findCommands({ lane, commandIds }: LaneCommands): QueryConfig {
  return {
    name: 'find-commands',
    text: `select ${commandColumns} from commands where lane = $1 and command_id = any($2::uuid[])`,
    values: [lane, uuidArray(commandIds)],
  };
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

/**
 * A stored state with the first event after it or with none, or an event without a stored state.
 */
type StateRow = {
  readonly of_stream: string;
  readonly state_revision: number | null;
  readonly state: Buffer | null;
} & (EventRow | { readonly [Column in keyof EventRow]: null });

type Queryable = Pick<Pool | PoolClient, 'query'>;

/**
 * States and later events in one statement, hence of the same moment: events may be retired once a
 * state covers them. A stored state is returned once, with the first of the few events after it,
 * since it is larger than they are.
 */
const statesAndEvents = `
  select of_stream, state_revision, case when revision > state_revision + 1 then null else state end as state, ${eventColumns}
  from unnest($1::text[], $2::int4[]) wanted (of_stream, of_version)
  left join lateral (
    select revision as state_revision, state from streams
    where lane = $3 and stream_id = of_stream and state_version = of_version
  ) stored on true
  left join events on lane = $3 and stream_id = of_stream and revision > coalesce(state_revision, 0)
  order by of_stream, revision`;

/** Service and number of lanes whose events are read. */
export interface StoredLanes {
  readonly service: string;
  readonly lanes: number;
}

/**
 * Stored states of streams of one lane, of the wanted version, with later events folded; an error
 * for each state that can't be known.
 */
export async function findStates(
  client: Queryable,
  of: StoredLanes,
  lane: number,
  streams: readonly WantedStream[],
): Promise<Map<string, FoundStream>> {
  const found = new Map<string, FoundStream>();
  if (streams.length === 0) return found;
  const { rows } = await client.query<StateRow>({
    name: 'find-states',
    text: statesAndEvents,
    values: [
      textArray(streams.map(({ streamId }) => streamId)),
      int4Array(streams.map(({ stateVersion }) => stateVersion)),
      lane,
    ],
  });
  const ofStream = Map.groupBy(rows, (row) => row.of_stream);
  for (const stream of streams) {
    const state = await stateOfRows(client, of, stream, ofStream.get(stream.streamId) ?? []);
    if (state) found.set(stream.streamId, state);
  }
  return found;
}

async function stateOfRows(
  client: Queryable,
  of: StoredLanes,
  stream: WantedStream,
  rows: readonly StateRow[],
): Promise<FoundStream | undefined> {
  const { state_revision: revision = null, state = null } = rows[0] ?? {};
  let stored: Pick<StreamState, 'revision' | 'state'> | undefined;
  try {
    stored = revision === null || state === null ? undefined : { revision, state: stateOfBytes(state) };
  } catch (error) {
    return new StreamUnreadable(stream.streamId, `its stored state, at revision ${revision}`, error as Error);
  }
  const events = rows.flatMap((row) => (row.stream_id === null ? [] : [eventOfRow(of.service, row)]));
  if (!stored && events.length === 0) return undefined;
  if (events.length > 0 && events[0]!.revision !== (stored?.revision ?? 0) + 1)
    return new EventsRetired(`the first events of ${stream.streamId} are`);
  return foldStream(stream, stored, events, (lane) => skippedIn(client, of, lane));
}

/** Sequences of a lane's skipped events. */
async function skippedIn(
  client: Queryable,
  { service, lanes }: StoredLanes,
  lane: number,
): Promise<ReadonlySet<number>> {
  const { rows } = await client.query<EventRow>(
    `select ${eventColumns} from events where lane = $1 and stream_id = $2 order by revision`,
    [lane, skippedStreamId(lane, lanes)],
  );
  return skippedSequences(rows.map((row) => eventOfRow(service, row)));
}
