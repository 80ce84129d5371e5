import type { EventOf, EventsOf, MeteringEvent, usageEvents, UsageParked, UsageRated } from '@tokengrid/contracts';
import type { LookUp, Projection } from '@tokengrid/event-store';
import type { Recorded } from '@tokengrid/kernel';
import { markKeyOf, parkedMark, ratedMark, usageIdOf } from '../decisions/rules/marks.ts';

/** Number of the table's partitions. They take turns, so that none is ever made or dropped. */
export const markParts = 3;
/** Days of storing that go into one partition before it is the next one's turn. */
export const daysOfPart = 21;

const dayMs = 24 * 60 * 60 * 1000;

/** Day of storing, in UTC, from the first of 1970. */
export const markDayOf = (time: number): number => Math.floor(time / dayMs);

/** A row of the table. */
interface Mark {
  readonly sequence: number;
  readonly place: number;
  readonly isRated: boolean;
  readonly day: number;
}

type Marked = Recorded<EventOf<typeof UsageRated> | EventOf<typeof UsageParked>>;

/** Last mark of each use, by its key and its part. */
type Batch = Map<string, Mark & { readonly key: string; readonly part: number }>;

function mark(batch: Batch, { type, time, sequence, data }: Marked): void {
  const day = markDayOf(time);
  const part = Math.floor(day / daysOfPart) % markParts;
  const isRated = type === 'UsageRated';
  data.uses.forEach(({ usageId }, place) => {
    const key = markKeyOf(usageId);
    batch.set(`${part} ${key}`, { key, part, sequence, place, isRated, day });
  });
}

/**
 * Marks of the uses that were reported, by the days on which they were stored. A mark is kept for
 * 36 days at least; then its whole partition is emptied at once.
 */
export const usageMarks: Projection<EventsOf<typeof usageEvents>, Batch> = {
  name: 'usage-marks',
  tables: ['usage_marks'],
  begin: () => new Map(),
  on: { UsageRated: mark, UsageParked: mark },
  async flush(sql, batch, lane) {
    const marks = [...batch.values()];
    await sql.query(upsertMarks, [
      lane,
      marks.map(({ part }) => part),
      marks.map(({ place }) => place),
      marks.map(({ key }) => key),
      marks.map(({ sequence }) => sequence),
      marks.map(({ day }) => day),
      marks.map(({ isRated }) => (isRated ? 1 : 0)),
    ]);
  },
};

const upsertMarks = `
  insert into usage_marks (lane, part, place, key, sequence, stored_on, is_rated)
  select $1::int, part, place, key, sequence, date '1970-01-01' + day, is_rated = 1
  from unnest($2::int[], $3::int[], $4::text[], $5::bigint[], $6::int[], $7::int[])
    mark (part, place, key, sequence, day, is_rated)
  on conflict (lane, key, part) do update
    set place = excluded.place, sequence = excluded.sequence, stored_on = excluded.stored_on, is_rated = excluded.is_rated`;

interface MarkRow {
  readonly key: string;
  readonly sequence: string;
  readonly place: number;
  readonly is_rated: boolean;
}

/**
 * Looks up uses by {@link markKeyOf}. A use is found whatever its time: all partitions are read.
 * One that was parked in one partition and rated in another has two rows, of which the later
 * counts. One that is still parked is found however long it waits, though its mark is gone.
 */
export const usesLookUp: LookUp<MeteringEvent> = {
  async read(sql, lane, keys) {
    const { rows } = await sql.query<MarkRow>(selectMarks, [lane, keys, keys.map(usageIdOf)]);
    const found = new Map<string, { readonly sequence: number; readonly value: string }>();
    for (const { key, place, is_rated, ...row } of rows) {
      const sequence = Number(row.sequence);
      if (sequence < (found.get(key)?.sequence ?? 0)) continue;
      found.set(key, { sequence, value: valueOf(is_rated, sequence, place) });
    }
    return new Map(Array.from(found, ([key, { value }]) => [key, value]));
  },
  setBy: (event) => {
    if (event.type !== 'UsageRated' && event.type !== 'UsageParked') return [];
    const { type, sequence, data } = event;
    return data.uses.map(({ usageId }, place) => [markKeyOf(usageId), valueOf(type === 'UsageRated', sequence, place)]);
  },
};

// Arrays, not joins: Postgres then goes through each index once, in the order of the keys.
const selectMarks = `
  select key, sequence, place, is_rated from usage_marks where lane = $1 and key = any($2::text[])
  union all
  select substr(usage_id, 5), sequence, place, false from parked_usage where lane = $1 and usage_id = any($3::text[])`;

const valueOf = (isRated: boolean, sequence: number, place: number) =>
  isRated ? ratedMark(sequence, place) : parkedMark(sequence, place);
