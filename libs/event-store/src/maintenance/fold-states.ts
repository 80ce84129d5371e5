import { type Catalogue, EventSkipped } from '@tokengrid/contracts';
import type { Aggregate, DomainEvent } from '@tokengrid/kernel';
import type { Pool } from 'pg';
import { wantedStream } from '../fold-stream.ts';
import { bytesOfState } from '../postgres/state-bytes.ts';
import { findStates } from '../postgres/stored-rows.ts';
import type { StreamState, WantedStream } from '../storage.ts';

/** Kind of a stream by its id. */
export type KindOf = (streamId: string) => Aggregate<unknown, DomainEvent>;

interface StreamRow {
  stream_id: string;
  state_version: number | null;
  /** Events of the range after the stored state; less than 1 if there are none. */
  behind: number;
}

/** Range of a lane's events by sequence, both ends included. */
interface Range {
  readonly lane: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Stores the states of streams with events in a range, unless the stored state is current and
 * covers them: folded events are no longer needed. Safe while the service runs: a stored state
 * never goes back.
 * @returns number of folded streams
 * @throws StreamUnreadable for a stream that can't be folded: its events have to stay
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
  const states = await findStates(pool, { service: catalogue.service, lanes }, range.lane, wanted);
  for (const state of states.values()) if (state instanceof Error) throw state;
  await storeFolded(pool, range.lane, wanted, states);
  return wanted.length;
}

/** Maximum number of events without a stored state: loading such a stream reads all of them. */
const mostUnfolded = 256;

/**
 * Stores the states of streams in a range with many events after the stored state. Unreadable
 * streams stay as they are.
 */
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
  const states = await findStates(pool, { service: catalogue.service, lanes }, range.lane, wanted);
  const readable = wanted.filter(({ streamId }) => !(states.get(streamId) instanceof Error));
  await storeFolded(pool, range.lane, readable, states);
}

async function touchedStreams(pool: Pool, { lane, from, to }: Range): Promise<readonly StreamRow[]> {
  const { rows } = await pool.query<StreamRow>(
    `select touched.stream_id, state_version, last - coalesce(streams.revision, 0) as behind
     from (
       select stream_id, max(revision) as last from events
       where lane = $1 and sequence between $2 and $3 and type <> $4 group by stream_id
     ) touched left join streams on streams.lane = $1 and streams.stream_id = touched.stream_id`,
    [lane, from, to, EventSkipped.type],
  );
  return rows;
}

async function storeFolded(
  pool: Pool,
  lane: number,
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
    `insert into streams (lane, stream_id, revision, state_version, state)
     select $5::int, folded.* from unnest($1::text[], $2::int[], $3::int[], $4::bytea[]) folded
     on conflict (lane, stream_id) do update
       set revision = excluded.revision, state_version = excluded.state_version, state = excluded.state
       where streams.revision < excluded.revision
         or streams.revision = excluded.revision and streams.state_version <> excluded.state_version`,
    [
      folded.map(({ streamId }) => streamId),
      folded.map(({ revision }) => revision),
      folded.map(({ stateVersion }) => stateVersion),
      folded.map(({ state }) => bytesOfState(state)),
      lane,
    ],
  );
}
