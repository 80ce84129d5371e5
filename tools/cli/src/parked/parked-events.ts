import type { Pool } from 'pg';

/** An event that a policy could not handle. */
export interface ParkedEvent {
  readonly subscriber: string;
  readonly topic: string;
  readonly lane: number;
  readonly sequence: number;
  readonly streamId: string;
  readonly type: string;
  readonly reason: string;
  /** Epoch milliseconds. */
  readonly parkedAt: number;
  readonly replayRequested: boolean;
}

interface Row {
  readonly subscriber: string;
  readonly topic: string;
  readonly lane: number;
  readonly sequence: string;
  readonly stream_id: string;
  readonly type: string;
  readonly reason: string;
  readonly parked_at: Date;
  readonly replay_requested: boolean;
}

/** Parked events of a service, of one subscriber or all, in order of replay. */
export async function parkedEvents(pool: Pool, subscriber: string | undefined): Promise<readonly ParkedEvent[]> {
  const { rows } = await pool.query<Row>(
    `select subscriber, topic, lane, sequence, stream_id, type, reason, parked_at, replay_requested from parked_events
     where $1::text is null or subscriber = $1 order by subscriber, topic, lane, sequence`,
    [subscriber ?? null],
  );
  return rows.map((row) => ({
    subscriber: row.subscriber,
    topic: row.topic,
    lane: row.lane,
    sequence: Number(row.sequence),
    streamId: row.stream_id,
    type: row.type,
    reason: row.reason,
    parkedAt: row.parked_at.getTime(),
    replayRequested: row.replay_requested,
  }));
}

/** Requests the replay of parked events. Returns their number. */
export async function requestReplay(pool: Pool, subscriber: string | undefined): Promise<number> {
  const { rowCount } = await pool.query(
    'update parked_events set replay_requested = true where $1::text is null or subscriber = $1',
    [subscriber ?? null],
  );
  return rowCount ?? 0;
}
