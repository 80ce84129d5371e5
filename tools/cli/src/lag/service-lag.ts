import { acrossLanes } from '@tokengrid/event-store/postgres';
import type { Pool } from 'pg';
import type { LaneEnds } from './lane-ends.ts';

/** Number of events that a reader is behind, by lane. */
export interface Lag {
  /** A subscriber's name, or `relay`. */
  readonly who: string;
  readonly topic: string;
  readonly lanes: readonly number[];
}

/** Number of stored events that are not in the topic yet. */
export async function relayLag(pool: Pool, topic: string, ends: LaneEnds): Promise<Lag> {
  const { rows } = await pool.query<{ lane: number; sequence: string; published: string }>(
    `${acrossLanes} select lane, lanes.sequence, relays.sequence as published
     from lanes join relays using (lane) order by lane`,
  );
  const lanes = await Promise.all(
    rows.map(async ({ lane, sequence, published }) => {
      // The mark is a little behind the topic; only then is the topic itself asked.
      if (sequence === published) return 0;
      return Math.max(0, Number(sequence) - (await ends.sequenceOf(topic, lane)));
    }),
  );
  return { who: 'relay', topic, lanes };
}

/** Seconds by which lanes' times are ahead of Postgres' clock. */
export async function clockLead(pool: Pool, topic: string): Promise<Lag> {
  const { rows } = await pool.query<{ seconds: number }>(
    `${acrossLanes} select greatest(0, ceil(time / 1000.0 - extract(epoch from clock_timestamp())))::int as seconds
     from lanes order by lane`,
  );
  return { who: 'clock', topic, lanes: rows.map(({ seconds }) => seconds) };
}

interface Mark {
  readonly subscriber: string;
  readonly topic: string;
  readonly lane: number;
  readonly sequence: string;
  readonly log_offset: string;
}

/** Number of published events that subscribers have not applied yet. */
export async function subscriberLags(pool: Pool, ends: LaneEnds): Promise<readonly Lag[]> {
  const { rows } = await pool.query<Mark>(
    'select subscriber, topic, lane, sequence, log_offset from subscriber_marks order by subscriber, topic, lane',
  );
  const bySubscriber = Map.groupBy(rows, ({ subscriber, topic }) => `${subscriber} ${topic}`);
  return Promise.all(
    [...bySubscriber.values()].map(async (marks) => ({
      who: marks[0]!.subscriber,
      topic: marks[0]!.topic,
      lanes: await Promise.all(marks.map((mark) => behind(mark, ends))),
    })),
  );
}

async function behind({ topic, lane, sequence, log_offset: offset }: Mark, ends: LaneEnds): Promise<number> {
  if (Number(offset) === (await ends.nextOffsetOf(topic, lane))) return 0;
  return Math.max(0, (await ends.sequenceOf(topic, lane)) - Number(sequence));
}
