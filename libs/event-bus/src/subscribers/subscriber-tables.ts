import { firstPreviousHash, type StoredEvent } from '@tokengrid/contracts';
import type { Pool, PoolClient } from 'pg';
import type { LaneMark } from './lane-mark.ts';

type Queryable = Pick<Pool | PoolClient, 'query'>;

/** Whose mark: a subscriber in a lane of a topic. */
export interface MarkKey {
  readonly subscriber: string;
  readonly topic: string;
  readonly lane: number;
}

/** Somebody else moved the mark: this process is not the one that applies the lane any more. */
export class MarkMoved extends Error {
  override readonly name = 'MarkMoved';
}

export async function loadMark(client: Queryable, { subscriber, topic, lane }: MarkKey): Promise<LaneMark> {
  const { rows } = await client.query<{ sequence: string; hash: Buffer; log_offset: string }>(
    `insert into subscriber_marks values ($1, $2, $3, 0, $4, 0)
     on conflict (subscriber, topic, lane) do update set lane = excluded.lane
     returning sequence, hash, log_offset`,
    [subscriber, topic, lane, Buffer.from(firstPreviousHash, 'hex')],
  );
  const [row] = rows;
  return { sequence: Number(row!.sequence), hash: row!.hash.toString('hex'), offset: Number(row!.log_offset) };
}

/** Moves a mark from where it is known to be. @throws MarkMoved when it is not there any more. */
export async function moveMark(client: Queryable, key: MarkKey, from: LaneMark, to: LaneMark): Promise<void> {
  const { rowCount } = await client.query({
    name: 'move-mark',
    text: `update subscriber_marks set sequence = $5, hash = $6, log_offset = $7
           where subscriber = $1 and topic = $2 and lane = $3 and sequence = $4`,
    values: [key.subscriber, key.topic, key.lane, from.sequence, to.sequence, Buffer.from(to.hash, 'hex'), to.offset],
  });
  if (rowCount !== 1)
    throw new MarkMoved(`the mark of ${key.subscriber} in ${key.topic}/${key.lane} is not at ${from.sequence}`);
}

/** An event that a policy could not react to, and where to read it again. */
export interface Parking {
  readonly event: StoredEvent;
  readonly offset: number;
  readonly reason: string;
}

export async function park(client: Queryable, key: MarkKey, parkings: readonly Parking[]): Promise<void> {
  for (const { event, offset, reason } of parkings) {
    await client.query(
      `insert into parked_events (subscriber, topic, lane, sequence, log_offset, stream_id, type, reason)
       values ($1, $2, $3, $4, $5, $6, $7, $8)
       on conflict (subscriber, topic, lane, sequence) do update set reason = excluded.reason, replay_requested = false`,
      [key.subscriber, key.topic, key.lane, event.sequence, offset, event.streamId, event.type, reason.slice(0, 2000)],
    );
  }
}

/** Parked events that somebody asked to replay, the oldest first. */
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

/** Leaves an event parked whose replay was asked for but cannot be tried. */
export async function stayParked(client: Queryable, key: MarkKey, sequence: number, reason: string): Promise<void> {
  await client.query(
    `update parked_events set replay_requested = false, reason = $5
     where subscriber = $1 and topic = $2 and lane = $3 and sequence = $4`,
    [key.subscriber, key.topic, key.lane, sequence, reason],
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
