import { byteaArray, int4Array, int8Array, textArray } from '@tokengrid/event-store/postgres';
import type { Pool } from 'pg';
import { Gathering } from './gathering.ts';
import type { LaneMark } from './lane-mark.ts';
import { type MarkKey, MarkMoved } from './subscriber-tables.ts';

/** A mark on its way from where it is known to be. */
interface Move {
  readonly key: MarkKey;
  readonly from: LaneMark;
  readonly to: LaneMark;
}

const nameOf = ({ subscriber, topic, lane }: MarkKey): string => `${subscriber} ${topic}/${lane}`;

/**
 * What all policies of a process ask of their tables. Lanes come to rest together, because they are stored and published together: what they
 * ask for in the same turn of the loop goes in one statement.
 */
export class PolicyMarks {
  private readonly moves = new Gathering((moves: readonly Move[]) => this.moveAll(moves));
  private readonly looks = new Gathering((keys: readonly MarkKey[]) => this.parkedOfAll(keys));

  constructor(readonly pool: Pool) {}

  /** Moves a mark from where it is known to be. @throws MarkMoved when it is not there any more. */
  async move(key: MarkKey, from: LaneMark, to: LaneMark): Promise<void> {
    const moved = await this.moves.add({ key, from, to });
    if (!moved) throw new MarkMoved(`the mark of ${nameOf(key)} is not at ${from.sequence}`);
  }

  /** Streams of a lane that have parked events: later ones park behind them. */
  parkedStreams(key: MarkKey): Promise<ReadonlySet<string>> {
    return this.looks.add(key);
  }

  private async moveAll(moves: readonly Move[]): Promise<readonly boolean[]> {
    const { rows } = await this.pool.query<MarkKey>({
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
    });
    const moved = new Set(rows.map(nameOf));
    return moves.map(({ key }) => moved.has(nameOf(key)));
  }

  private async parkedOfAll(keys: readonly MarkKey[]): Promise<readonly ReadonlySet<string>[]> {
    const { rows } = await this.pool.query<MarkKey & { stream_id: string }>({
      name: 'parked-streams',
      text: `
        select distinct subscriber, topic, lane, stream_id
        from unnest($1::text[], $2::text[], $3::int4[]) asked (subscriber, topic, lane)
        join parked_events using (subscriber, topic, lane)`,
      values: keyArrays(keys),
    });
    const parked = Map.groupBy(rows, nameOf);
    return keys.map((key) => new Set(parked.get(nameOf(key))?.map((row) => row.stream_id)));
  }
}

function keyArrays(keys: readonly MarkKey[]): Buffer[] {
  return [
    textArray(keys.map(({ subscriber }) => subscriber)),
    textArray(keys.map(({ topic }) => topic)),
    int4Array(keys.map(({ lane }) => lane)),
  ];
}
