import { measuresOf } from './measures.ts';
import { spans } from './spans.ts';

/**
 * Most uses of a lane that wait for being added to its sums. Together, the uses of one payer need
 * far fewer rows than one by one.
 */
const strideUses = 2000;
/** Uses after which it is looked whether a stride can end early. */
const lookUses = 250;
/**
 * Uses per series and quarter of an hour from which a stride ends early: those of one payer, which
 * would be added whenever its sums are read, each for 4 to 6 µs.
 */
const usesPerSeries = 10;

const dimensions = 'party_id, member_of, app, model, offer_id, key_id';
const quarterMs = spans.at(-1)!.ms;
const young = `charges.lane = of_lane and charges.sequence > fold.folded_to and charges.sequence <= event.sequence`;

/*
 * Adds the charges of a lane to its sums, up to the last event that completed a stride. The events
 * alone determine that event, not their batches, so that rebuilt tables are the same. A function,
 * since most batches complete none: they pay for one row.
 *
 * `fold_usage(lane, sequences, uses)` takes all events since the last call, in order, with the
 * numbers of their uses, after their charges were written.
 */
export const createFoldUsage = `
  create function fold_usage(of_lane int, sequences bigint[], uses_of bigint[]) returns void language plpgsql as $$
  declare
    added bigint := (select sum(uses) from unnest(uses_of) uses);
    fold record;
    event record;
    are_few boolean;
  begin
    insert into usage_folds as folds (lane, uses, folded_uses, folded_to, read_to)
    values (of_lane, added, 0, 0, sequences[cardinality(sequences)])
    on conflict (lane) do update set uses = folds.uses + excluded.uses, read_to = excluded.read_to
    returning * into fold;
    if div(fold.uses, ${lookUses}) = div(fold.uses - added, ${lookUses}) then
      return;
    end if;
    for event in
      select sequence, up_to from (
        select sequence, uses, fold.uses - added + sum(uses) over (order by sequence) as up_to
        from unnest(sequences, uses_of) told (sequence, uses)
      ) running where div(up_to, ${lookUses}) > div(up_to - uses, ${lookUses}) order by sequence
    loop
      if event.up_to - fold.folded_uses < ${strideUses} then
        select count(*) * ${usesPerSeries} <= event.up_to - fold.folded_uses into are_few from (
          select distinct party_id, member_of, app, model, offer_id, key_id, used_at - used_at % ${quarterMs}
          from charges where ${young}
        ) series;
        continue when not are_few;
      end if;
      with quarters as (
        select ${dimensions}, stated, meter, used_at - used_at % ${quarterMs} as start,
          sum(units) as units, sum(uses) as uses, sum(tokens) as tokens
        from (${measuresOf(`select charges.* from charges where ${young}`)}) measures
        group by ${dimensions}, stated, meter, used_at - used_at % ${quarterMs}
      ), folded as (
        select cube, case when cube < 2 then party_id else '' end as party_id,
          case when cube < 2 then member_of else '' end as member_of, app, model, offer_id,
          case when cube = 0 then key_id else '' end as key_id, stated, meter, span,
          quarters.start - quarters.start % (span * 60000) as start,
          sum(units) as units, sum(uses) as uses, sum(tokens) as tokens
        from quarters, unnest(array[0, 1, 2]) cube, unnest(array[${spans.map(({ minutes }) => minutes).join()}]::bigint[]) span
        group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
      ), named as (
        select md5(jsonb_build_array(cube, ${dimensions}, stated, meter)::text)::uuid as series_id, * from folded
      ), series as (
        insert into usage_series (lane, series_id, cube, ${dimensions}, stated, meter)
        select of_lane, series_id, cube, ${dimensions}, stated, meter from named
        group by series_id, cube, ${dimensions}, stated, meter
        on conflict (lane, series_id) do nothing
      )
      insert into usage_sums as sums (lane, series_id, span, start, units, uses, tokens)
      select of_lane, series_id, span, start, units, uses, tokens from named
      on conflict (lane, series_id, span, start) do update
        set units = sums.units + excluded.units, uses = sums.uses + excluded.uses, tokens = sums.tokens + excluded.tokens;
      update usage_folds set folded_uses = event.up_to, folded_to = event.sequence
      where lane = of_lane returning * into fold;
    end loop;
  end $$`;
