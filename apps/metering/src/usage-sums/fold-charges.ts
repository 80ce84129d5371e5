import type { SqlWriter } from '@tokengrid/event-store';
import { measuresOf } from './measures.ts';
import { spans } from './spans.ts';

/**
 * Number of a lane's uses that are added to its sums at once. Together, the uses of one payer need
 * far fewer rows than one by one. Later uses are added when sums are read, each for 4 to 6 µs: a
 * longer stride would not leave enough of the 20 ms that the sums of one party may take.
 */
const strideUses = 2000;

/** An event with uses. */
export interface EventWithUses {
  readonly sequence: number;
  readonly uses: number;
}

/**
 * Adds the charges of a lane to its sums, up to the last event that completed a stride. The events
 * alone determine that event, not their batches, so that rebuilt tables are the same.
 * @param events all events since the last call, in order, with their charges written
 */
export async function foldCharges(sql: SqlWriter, lane: number, events: readonly EventWithUses[]): Promise<void> {
  await sql.query(foldLane, [lane, events.map(({ sequence }) => sequence), events.map(({ uses }) => uses)]);
}

const dimensions = 'party_id, member_of, app, model, offer_id, key_id';

/*
 * The bounds of the stride are subqueries, which Postgres evaluates first: a batch that completes
 * none reads no charges. As joined tables they let it read all of the lane for each batch.
 */
const foldLane = `
  with before as (
    select coalesce(max(uses), 0) as uses, coalesce(max(folded_to), 0) as folded_to from usage_folds where lane = $1::int
  ), running as (
    select sequence, event.uses, before.uses + sum(event.uses) over (order by sequence) as up_to
    from before, unnest($2::bigint[], $3::int[]) event (sequence, uses)
  ), due as (
    select max(sequence) as sequence from running where div(up_to, ${strideUses}) > div(up_to - uses, ${strideUses})
  ), moved as (
    insert into usage_folds (lane, uses, folded_to, read_to)
    select $1::int, (select max(up_to) from running), coalesce(due.sequence, before.folded_to),
      (select max(sequence) from running)
    from before, due
    on conflict (lane) do update
      set uses = excluded.uses, folded_to = excluded.folded_to, read_to = excluded.read_to
  ), quarters as (
    select ${dimensions}, stated, meter, used_at - used_at % ${spans.at(-1)!.ms} as start,
      sum(units) as units, sum(uses) as uses, sum(tokens) as tokens
    from (${measuresOf(`
      select charges.* from charges where lane = $1::int
        and sequence > (select folded_to from before) and sequence <= (select sequence from due)`)}) measures
    group by ${dimensions}, stated, meter, start
  ), folded as (
    select cube, case when cube < 2 then party_id else '' end as party_id,
      case when cube < 2 then member_of else '' end as member_of, app, model, offer_id,
      case when cube = 0 then key_id else '' end as key_id, stated, meter, span, start - start % (span * 60000) as start,
      sum(units) as units, sum(uses) as uses, sum(tokens) as tokens
    from quarters, unnest(array[0, 1, 2]) cube, unnest(array[${spans.map(({ minutes }) => minutes).join()}]::bigint[]) span
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
  ), named as (
    select md5(jsonb_build_array(cube, ${dimensions}, stated, meter)::text)::uuid as series_id, * from folded
  ), series as (
    insert into usage_series (lane, series_id, cube, ${dimensions}, stated, meter)
    select $1::int, series_id, cube, ${dimensions}, stated, meter from named
    group by series_id, cube, ${dimensions}, stated, meter
    on conflict (lane, series_id) do nothing
  )
  insert into usage_sums as sums (lane, series_id, span, start, units, uses, tokens)
  select $1::int, series_id, span, start, units, uses, tokens from named
  on conflict (lane, series_id, span, start) do update
    set units = sums.units + excluded.units, uses = sums.uses + excluded.uses, tokens = sums.tokens + excluded.tokens`;
