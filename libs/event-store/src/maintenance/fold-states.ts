import { serialize } from 'node:v8';
import type { Catalogue } from '@tokengrid/contracts';
import type { Aggregate, DomainEvent } from '@tokengrid/kernel';
import type { Pool } from 'pg';
import { wantedStream } from '../lane.ts';
import { findStates } from '../postgres/stored-rows.ts';
import type { WantedStream } from '../storage.ts';

/** Which kind of stream an id is of. */
export type KindOf = (streamId: string) => Aggregate<unknown, DomainEvent>;

const pageStreams = 1000;

interface StreamRow {
  stream_id: string;
  state_version: number;
}

/**
 * Stores the state of every stream whose stored state is none, or one of an earlier release: what is folded already needs no events. Safe while
 * the service runs: a stream that moves meanwhile gets its state from there.
 * @returns how many were folded
 */
export async function foldStates(pool: Pool, catalogue: Catalogue, kindOf: KindOf): Promise<number> {
  let folded = 0;
  let after = '';
  for (;;) {
    const { rows } = await pool.query<StreamRow>(
      `select stream_id, state_version from streams where stream_id > $1 order by stream_id limit ${pageStreams}`,
      [after],
    );
    const behind = rows.filter(({ stream_id, state_version }) => kindOf(stream_id).stateVersion !== state_version);
    folded += behind.length;
    const wanted = behind.map(({ stream_id }) => wantedStream(stream_id, kindOf(stream_id), catalogue.events));
    if (wanted.length > 0) await storeFolded(pool, catalogue.service, wanted);
    if (rows.length < pageStreams) return folded;
    after = rows.at(-1)!.stream_id;
  }
}

async function storeFolded(pool: Pool, service: string, wanted: readonly WantedStream[]): Promise<void> {
  const states = await findStates(pool, service, wanted);
  const found = wanted.flatMap(({ streamId, stateVersion }) => {
    const state = states.get(streamId);
    return state ? [{ streamId, stateVersion, ...state }] : [];
  });
  await pool.query(
    `update streams set state_version = folded.state_version, state = folded.state
     from unnest($1::text[], $2::int[], $3::int[], $4::bytea[]) folded (stream_id, revision, state_version, state)
     where streams.stream_id = folded.stream_id and streams.revision = folded.revision`,
    [
      found.map(({ streamId }) => streamId),
      found.map(({ revision }) => revision),
      found.map(({ stateVersion }) => stateVersion),
      found.map(({ state }) => serialize(state)),
    ],
  );
}
