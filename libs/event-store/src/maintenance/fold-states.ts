import { serialize } from 'node:v8';
import { type Catalogue, EventSkipped } from '@tokengrid/contracts';
import type { Aggregate, DomainEvent } from '@tokengrid/kernel';
import type { Pool } from 'pg';
import { wantedStream } from '../fold-stream.ts';
import { findStates } from '../postgres/stored-rows.ts';
import type { StreamState, WantedStream } from '../storage.ts';

/** Which kind of stream an id is of. */
export type KindOf = (streamId: string) => Aggregate<unknown, DomainEvent>;

interface StreamRow {
  stream_id: string;
  state_version: number | null;
  /** Events of the range that the stored state has not seen; less than 1 if it has seen all. */
  behind: number;
}

/** Events of a lane by their sequences, both ends included. */
interface Range {
  readonly lane: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Stores the states of the streams that have events in a range, where what is stored of them is of an earlier release or older than those
 * events: what is folded already needs no events. Safe while the service runs: a stored state never goes back.
 * @returns how many were folded
 * @throws StreamUnreadable for one that can't be: its events have to stay
 */
export async function foldStates(
  pool: Pool,
  catalogue: Catalogue,
  kindOf: KindOf,
  lanes: number,
  range: Range,
): Promise<number> {
  const rows = await touchedStreams(pool, range);
  const wanted = rows
    .filter(({ stream_id, state_version, behind }) => behind > 0 || kindOf(stream_id).stateVersion !== state_version)
    .map(({ stream_id }) => wantedStream(stream_id, kindOf(stream_id), catalogue));
  const states = await findStates(pool, { service: catalogue.service, lanes }, wanted);
  for (const state of states.values()) if (state instanceof Error) throw state;
  await storeFolded(pool, wanted, states);
  return wanted.length;
}

/** A stream that is loaded without a stored state reads all of its events: what is asked for most must not have too many. */
const mostUnfolded = 256;

/** Stores the states of the streams in a range that have many events since what is stored of them. Those that can't be read stay as they are. */
export async function foldLongStreams(
  pool: Pool,
  catalogue: Catalogue,
  kindOf: KindOf,
  lanes: number,
  range: Range,
): Promise<void> {
  const wanted = (await touchedStreams(pool, range))
    .filter(({ behind }) => behind >= mostUnfolded)
    .map(({ stream_id }) => wantedStream(stream_id, kindOf(stream_id), catalogue));
  const states = await findStates(pool, { service: catalogue.service, lanes }, wanted);
  const readable = wanted.filter(({ streamId }) => !(states.get(streamId) instanceof Error));
  await storeFolded(pool, readable, states);
}

async function touchedStreams(pool: Pool, { lane, from, to }: Range): Promise<readonly StreamRow[]> {
  const { rows } = await pool.query<StreamRow>(
    `select stream_id, state_version, last - coalesce(streams.revision, 0) as behind
     from (
       select stream_id, max(revision) as last from events
       where lane = $1 and sequence between $2 and $3 and type <> $4 group by stream_id
     ) touched left join streams using (stream_id)`,
    [lane, from, to, EventSkipped.type],
  );
  return rows;
}

async function storeFolded(
  pool: Pool,
  wanted: readonly WantedStream[],
  states: Awaited<ReturnType<typeof findStates>>,
): Promise<void> {
  if (wanted.length === 0) return;
  const folded = wanted.map(({ streamId, stateVersion }) => ({
    streamId,
    stateVersion,
    ...(states.get(streamId) as StreamState),
  }));
  await pool.query(
    `insert into streams (stream_id, revision, state_version, state)
     select * from unnest($1::text[], $2::int[], $3::int[], $4::bytea[])
     on conflict (stream_id) do update
       set revision = excluded.revision, state_version = excluded.state_version, state = excluded.state
       where streams.revision < excluded.revision
         or streams.revision = excluded.revision and streams.state_version <> excluded.state_version`,
    [
      folded.map(({ streamId }) => streamId),
      folded.map(({ revision }) => revision),
      folded.map(({ stateVersion }) => stateVersion),
      folded.map(({ state }) => serialize(state)),
    ],
  );
}
