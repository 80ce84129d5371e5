import { firstPreviousHash, storableText, type StoredEvent } from '@tokengrid/contracts';
import { byteaArray, int4Array, int8Array, textArray } from '@tokengrid/event-store/postgres';
import type { Pool, PoolClient, QueryConfig } from 'pg';
import type { LaneMark } from './lane-mark.ts';

type Queryable = Pick<Pool | PoolClient, 'query'>;

/** Key of a mark: a subscriber in a lane of a topic. */
export interface MarkKey {
  readonly subscriber: string;
  readonly topic: string;
  readonly lane: number;
}

/** Another process moved the mark, and applies the lane now. */
export class MarkMoved extends Error {
  override readonly name = 'MarkMoved';
}

export async function loadMark(client: Queryable, { subscriber, topic, lane }: MarkKey): Promise<LaneMark> {
  const { rows } = await client.query<{ sequence: string; hash: Buffer; log_offset: string }>(
    `insert into subscriber_marks values ($1, $2, $3, 0, $4, 0)
     on conflict (subscriber, topic, lane) do update set sequence = subscriber_marks.sequence
     returning sequence, hash, log_offset`,
    [subscriber, topic, lane, Buffer.from(firstPreviousHash, 'hex')],
  );
  const [row] = rows;
  return { sequence: Number(row!.sequence), hash: row!.hash.toString('hex'), offset: Number(row!.log_offset) };
}

/** A move of a mark from its known position. */
export interface MarkMove {
  readonly key: MarkKey;
  readonly from: LaneMark;
  readonly to: LaneMark;
}

export const nameOf = ({ subscriber, topic, lane }: MarkKey): string => `${subscriber} ${topic}/${lane}`;

/** Statement that moves marks; {@link movedOf} reads its answer. */
export function moveStatement(moves: readonly MarkMove[]): QueryConfig {
  return {
    name: 'move-marks',
    text: `
      update subscriber_marks mark set sequence = moved.sequence, hash = moved.hash, log_offset = moved.log_offset
      from unnest($1::text[], $2::text[], $3::int4[], $4::int8[], $5::int8[], $6::bytea[], $7::int8[])
        moved (subscriber, topic, lane, from_sequence, sequence, hash, log_offset)
      where mark.subscriber = moved.subscriber and mark.topic = moved.topic and mark.lane = moved.lane
        and mark.sequence = moved.from_sequence
      returning mark.subscriber, mark.topic, mark.lane`,
    values: [
      ...keyArrays(moves.map(({ key }) => key)),
      int8Array(moves.map(({ from }) => from.sequence)),
      int8Array(moves.map(({ to }) => to.sequence)),
      byteaArray(moves.map(({ to }) => Buffer.from(to.hash, 'hex'))),
      int8Array(moves.map(({ to }) => to.offset)),
    ],
  };
}

/** For each move, in order, whether the mark was at its known position. */
export function movedOf(moves: readonly MarkMove[], rows: readonly MarkKey[]): readonly boolean[] {
  const moved = new Set(rows.map(nameOf));
  return moves.map(({ key }) => moved.has(nameOf(key)));
}

/** Moves marks; returns for each, in order, whether it was at its known position. */
export async function moveMarks(client: Queryable, moves: readonly MarkMove[]): Promise<readonly boolean[]> {
  const { rows } = await client.query<MarkKey>(moveStatement(moves));
  return movedOf(moves, rows);
}

/** @throws MarkMoved if the mark was not at its known position */
export function mustHaveMoved({ key, from }: MarkMove, hasMoved: boolean | undefined): void {
  if (!hasMoved) throw new MarkMoved(`the mark of ${nameOf(key)} is not at ${from.sequence}`);
}

/** Moves a mark from its known position. @throws MarkMoved if it is not there any more */
export async function moveMark(client: Queryable, key: MarkKey, from: LaneMark, to: LaneMark): Promise<void> {
  const move = { key, from, to };
  const [hasMoved] = await moveMarks(client, [move]);
  mustHaveMoved(move, hasMoved);
}

/** Keys as one array per column. */
export function keyArrays(keys: readonly MarkKey[]): Buffer[] {
  return [
    textArray(keys.map(({ subscriber }) => subscriber)),
    textArray(keys.map(({ topic }) => topic)),
    int4Array(keys.map(({ lane }) => lane)),
  ];
}

/** An event that a policy could not handle, and its offset. */
export interface Parking {
  readonly event: StoredEvent;
  readonly offset: number;
  readonly reason: string;
}

/** Maximum length of a parking reason. */
const longestReason = 2000;

/** Parks events. An event parked behind others with a requested replay is replayed with them. */
export async function park(client: Queryable, key: MarkKey, parkings: readonly Parking[]): Promise<void> {
  for (const { event, offset, reason } of parkings) {
    await client.query(
      `insert into parked_events (subscriber, topic, lane, sequence, log_offset, stream_id, type, reason, replay_requested)
       select $1, $2, $3, $4, $5, $6, $7, $8, exists (
         select from parked_events earlier where earlier.subscriber = $1 and earlier.topic = $2 and earlier.lane = $3
           and earlier.stream_id = $6 and earlier.sequence < $4 and earlier.replay_requested)
       on conflict (subscriber, topic, lane, sequence) do update set reason = excluded.reason, replay_requested = false`,
      [
        key.subscriber,
        key.topic,
        key.lane,
        event.sequence,
        offset,
        event.streamId,
        event.type,
        storableText(longestReason, reason),
      ],
    );
  }
}

/** Parked events with a requested replay, the oldest first. */
export async function replaysRequested(
  client: Queryable,
  key: MarkKey,
): Promise<readonly { readonly sequence: number; readonly offset: number }[]> {
  const { rows } = await client.query<{ sequence: string; log_offset: string }>(
    `select sequence, log_offset from parked_events
     where subscriber = $1 and topic = $2 and lane = $3 and replay_requested order by sequence limit 1000`,
    [key.subscriber, key.topic, key.lane],
  );
  return rows.map((row) => ({ sequence: Number(row.sequence), offset: Number(row.log_offset) }));
}

/** A parked event. */
export interface ParkedRow {
  readonly sequence: number;
  readonly offset: number;
  readonly streamId: string;
  readonly replayRequested: boolean;
}

/** Maximum number of parked events of a lane that are loaded at once. */
const mostParked = 1000;

/** The first of a lane's parked events, in order. */
export async function parkedRows(
  client: Queryable,
  { subscriber, topic, lane }: MarkKey,
): Promise<readonly ParkedRow[]> {
  const { rows } = await client.query<{
    sequence: string;
    log_offset: string;
    stream_id: string;
    replay_requested: boolean;
  }>({
    name: 'parked-rows',
    text: `select sequence, log_offset, stream_id, replay_requested from parked_events
           where subscriber = $1 and topic = $2 and lane = $3 order by sequence limit ${mostParked}`,
    values: [subscriber, topic, lane],
  });
  return rows.map((row) => ({
    sequence: Number(row.sequence),
    offset: Number(row.log_offset),
    streamId: row.stream_id,
    replayRequested: row.replay_requested,
  }));
}

/**
 * Removes skipped events from the parked ones, and requests the replay of those parked behind them.
 */
export async function releaseSkipped(
  client: Queryable,
  { subscriber, topic, lane }: MarkKey,
  skipped: readonly number[],
): Promise<void> {
  await client.query(
    `with released as (
       delete from parked_events where subscriber = $1 and topic = $2 and lane = $3 and sequence = any($4)
       returning stream_id, sequence
     )
     update parked_events behind set replay_requested = true from released
     where behind.subscriber = $1 and behind.topic = $2 and behind.lane = $3
       and behind.stream_id = released.stream_id and behind.sequence <> all($4)`,
    [subscriber, topic, lane, skipped],
  );
}

/** Keeps an event parked whose requested replay can't be tried. */
export async function stayParked(client: Queryable, key: MarkKey, sequence: number, reason: string): Promise<void> {
  await client.query(
    `update parked_events set replay_requested = false, reason = $5
     where subscriber = $1 and topic = $2 and lane = $3 and sequence = $4`,
    [key.subscriber, key.topic, key.lane, sequence, storableText(longestReason, reason)],
  );
}

export async function unpark(client: Queryable, key: MarkKey, sequence: number): Promise<void> {
  await client.query('delete from parked_events where subscriber = $1 and topic = $2 and lane = $3 and sequence = $4', [
    key.subscriber,
    key.topic,
    key.lane,
    sequence,
  ]);
}
