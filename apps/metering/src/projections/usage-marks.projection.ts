import type {
  EventOf,
  EventsOf,
  MeteringEvent,
  ParkedUseCorrected,
  usageEvents,
  UsageParked,
  UsageRated,
} from '@tokengrid/contracts';
import { flushing, laneStatement, type LookUp, type Projection, writeRows } from '@tokengrid/event-store';
import { acrossLanes } from '@tokengrid/event-store/postgres';
import type { Recorded } from '@tokengrid/kernel';
import {
  correctionKeyOf,
  correctionMark,
  elsewhereMark,
  markKeyOf,
  parkedMark,
  ratedMark,
  usageIdOf,
} from '../decisions/rules/marks.ts';

/** Number of the table's partitions. They take turns, so that none is ever made or dropped. */
export const markParts = 3;
/** Days of storing that go into one partition before it is the next one's turn. */
export const daysOfPart = 21;

const dayMs = 24 * 60 * 60 * 1000;

/** Day of storing, in UTC, from the first of 1970. */
export const markDayOf = (time: number): number => Math.floor(time / dayMs);

/** A row of the table. */
interface Mark {
  readonly key: string;
  readonly part: number;
  readonly sequence: number;
  readonly place: number;
  readonly isRated: boolean;
  readonly day: number;
}

type Marked = Recorded<EventOf<typeof UsageRated | typeof UsageParked | typeof ParkedUseCorrected>>;

/** Uses of an event, and whether they are done with: rated, or void. */
function marked(event: Marked): { readonly uses: readonly { readonly usageId: string }[]; readonly isRated: boolean } {
  if (event.type === 'ParkedUseCorrected') return { uses: [event.data.use], isRated: event.data.voided === true };
  return { uses: event.data.uses, isRated: event.type === 'UsageRated' };
}

function mark(batch: Mark[], event: Marked): void {
  const { time, sequence } = event;
  const day = markDayOf(time);
  const part = Math.floor(day / daysOfPart) % markParts;
  const { uses, isRated } = marked(event);
  uses.forEach(({ usageId }, place) => {
    batch.push({ key: markKeyOf(usageId), part, sequence, place, isRated, day });
  });
}

/**
 * Marks of the uses that were reported, by the days on which they were stored. A mark is kept for
 * 36 days at least; then its whole partition is emptied at once.
 */
export const usageMarks: Projection<EventsOf<typeof usageEvents>, Mark[]> = {
  name: 'usage-marks',
  tables: ['usage_marks'],
  begin: () => [],
  on: {
    UsageRated: mark,
    UsageParked: mark,
    ParkedUseCorrected: mark,
    UsageCorrected: 'ignored',
    CorrectionRepeated: 'ignored',
    CorrectionRefused: 'ignored',
  },
  ...flushing((sql, ofLanes) => {
    const rows = ofLanes.map(({ lane, batch }) => ({ lane, rows: batch }));
    return writeRows(sql, insertMarks, rows, (marks) => [
      marks.map(({ part }) => part),
      marks.map(({ place }) => place),
      marks.map(({ key }) => key),
      marks.map(({ sequence }) => sequence),
      marks.map(({ day }) => day),
      marks.map(({ isRated }) => (isRated ? 1 : 0)),
    ]);
  }),
};

const insertMarks = laneStatement(
  ({ lane, array, column }) => `
  insert into usage_marks (lane, part, place, key, sequence, stored_on, is_rated)
  select ${lane}, part, place, key, sequence, date '1970-01-01' + day, is_rated = 1
  from unnest(${array}$2::int[], $3::int[], $4::text[], $5::bigint[], $6::int[], $7::int[])
    mark (${column}part, place, key, sequence, day, is_rated)`,
);

interface MarkRow {
  readonly lane: number;
  readonly key: string;
  readonly sequence: string;
  /** Of a correction, its number. */
  readonly place: number;
  readonly kind: 'rated' | 'parked' | 'corrected';
}

/**
 * Looks up uses by {@link markKeyOf}, and their last corrections by {@link correctionKeyOf}. A use
 * is found whatever its time and its payer: all partitions and all lanes are read. Of several marks
 * of the own lane, such as of one that was parked and then rated, the latest counts; a mark of
 * another lane counts where there is none. A use that is still parked is found however long it
 * waits, though its mark is gone.
 */
export const usesLookUp: LookUp<MeteringEvent> = {
  async read(sql, lane, keys) {
    const [corrections, uses] = [keys.filter(isOfCorrection), keys.filter((key) => !isOfCorrection(key))];
    const asked = [lane, uses, uses.map(usageIdOf)];
    const { rows } =
      corrections.length === 0
        ? await sql.query<MarkRow>(selectMarks, asked)
        : await sql.query<MarkRow>(`${selectMarks} ${andCorrections}`, [...asked, corrections.map(correctedIdOf)]);
    const found = new Map<string, { readonly sequence: number; readonly value: string }>();
    for (const { key, place, kind, lane: of, ...row } of rows) {
      const isOwn = of === lane;
      const sequence = isOwn ? Number(row.sequence) : -1;
      if (sequence < (found.get(key)?.sequence ?? -1)) continue;
      found.set(key, { sequence, value: isOwn ? valueOf[kind](sequence, place) : elsewhereMark });
    }
    return new Map(Array.from(found, ([key, { value }]) => [key, value]));
  },
  setBy: (event) => {
    const { type, sequence, data } = event;
    if (type === 'UsageCorrected') {
      return data.corrections.map(({ usageId, number }) => [
        correctionKeyOf(usageId),
        correctionMark(number, sequence),
      ]);
    }
    if (type !== 'UsageRated' && type !== 'UsageParked' && type !== 'ParkedUseCorrected') return [];
    const { uses, isRated } = marked(event);
    const value = valueOf[isRated ? 'rated' : 'parked'];
    return uses.map(({ usageId }, place) => [markKeyOf(usageId), value(sequence, place)]);
  },
};

const correctionKeys = correctionKeyOf('usg_');
const isOfCorrection = (key: string): boolean => key.startsWith(correctionKeys);
const correctedIdOf = (key: string): string => usageIdOf(key.slice(correctionKeys.length));

// Arrays, not joins: Postgres then goes through each index once, in the order of the keys.
const selectMarks = `
  ${acrossLanes} select lane, key, sequence, place, case when is_rated then 'rated' else 'parked' end as kind
  from usage_marks where key = any($2::text[])
  union all
  select lane, substr(usage_id, 5), sequence, place, 'parked' from parked_usage
  where lane = $1 and usage_id = any($3::text[])`;

const andCorrections = `
  union all
  select lane, '${correctionKeys}' || substr(usage_id, 5), sequence, number, 'corrected' from charges
  where lane = $1 and usage_id = any($4::text[]) and number is not null`;

const valueOf: Readonly<Record<MarkRow['kind'], (sequence: number, place: number) => string>> = {
  rated: ratedMark,
  parked: parkedMark,
  corrected: (sequence, number) => correctionMark(number, sequence),
};
