import { serialize } from 'node:v8';
import { type Catalogue, EventSkipped } from '@tokengrid/contracts';
import type { Aggregate, DomainEvent } from '@tokengrid/kernel';
import type { Pool } from 'pg';
import { wantedStream } from '../fold-stream.ts';
import { findStates, type StoredLanes } from '../postgres/stored-rows.ts';
import type { StreamState, WantedStream } from '../storage.ts';

/** Which kind of stream an id is of. */
export type KindOf = (streamId: string) => Aggregate<unknown, DomainEvent>;

interface StreamRow {
  stream_id: string;
  state_version: number | null;
  /** Whether the stored state has seen all events of the range. */
  covers: boolean;
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
  const { rows } = await pool.query<StreamRow>(
    `select stream_id, state_version, coalesce(streams.revision >= last, false) as covers
     from (
       select stream_id, max(revision) as last from events
       where lane = $1 and sequence between $2 and $3 and type <> $4 group by stream_id
     ) touched left join streams using (stream_id)`,
    [range.lane, range.from, range.to, EventSkipped.type],
  );
  const wanted = rows
    .filter(({ stream_id, state_version, covers }) => !covers || kindOf(stream_id).stateVersion !== state_version)
    .map(({ stream_id }) => wantedStream(stream_id, kindOf(stream_id), catalogue));
  if (wanted.length > 0) await storeFolded(pool, { service: catalogue.service, lanes }, wanted);
  return wanted.length;
}

async function storeFolded(pool: Pool, of: StoredLanes, wanted: readonly WantedStream[]): Promise<void> {
  const states = await findStates(pool, of, wanted);
  const folded = wanted.map(({ streamId, stateVersion }) => {
    const state = states.get(streamId)!;
    if (state instanceof Error) throw state;
    return { streamId, stateVersion, ...(state as StreamState) };
  });
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
