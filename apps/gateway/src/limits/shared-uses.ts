import { Inject, Injectable } from '@nestjs/common';
import { newId, poolOf } from '@tokengrid/service';
import { DataSource } from 'typeorm';
import { type Amounts, amountsBy, counted } from './amounts.ts';
import type { Allowance } from './person-use.ts';

/** A person's uses at this process, and what more it wants to use. */
export interface Question {
  readonly person: string;
  readonly most: Amounts;
  readonly used: Amounts;
  /** What it needs at least; nothing, and no share either, if it wants no more. */
  readonly wish: Amounts | undefined;
}

/** Uses of all processes, in Postgres. */
@Injectable()
export class SharedUses {
  /** Name of this process among those that state uses. */
  private readonly process = newId('gwy');

  constructor(@Inject(DataSource) private readonly database: DataSource) {}

  /**
   * States what is used here, and what may be used from now on: both count for the others. What is
   * left is divided by the processes that live, so that those who ask at once do not take the same;
   * one that needs more than its share gets that if it is there.
   */
  async ask(questions: readonly Question[]): Promise<ReadonlyMap<string, Allowance>> {
    const columns = (of: (question: Question) => Amounts) =>
      counted.map((what) => questions.map((question) => finite(of(question)[what])));
    const { rows } = await poolOf(this.database).query<Row>({
      name: 'key-uses',
      text: exchange,
      values: [
        this.process,
        questions.map(({ person }) => person),
        ...columns(({ most }) => most),
        ...columns(({ used }) => used),
        ...columns(({ wish }) => wish ?? nothing),
        questions.map(({ wish }) => wish !== undefined),
      ],
    });
    return new Map(rows.map((row) => [row.person, allowanceOf(row)]));
  }

  /** Deletes what counts no more. */
  async forget(): Promise<void> {
    await poolOf(this.database).query(
      `delete from key_uses where stated_at < clock_timestamp() - interval '2 minutes'`,
    );
  }
}

interface Row {
  readonly person: string;
  readonly allowed: readonly (string | null)[];
  readonly room: readonly (string | null)[];
}

const nothing = amountsBy(() => 0);
/** Postgres' integers know no infinity. */
const finite = (amount: number): number | null => (amount === Infinity ? null : amount);
const amountsIn = (values: readonly (string | null)[]): Amounts =>
  amountsBy((what) => Number(values[counted.indexOf(what)] ?? Infinity));
const allowanceOf = ({ allowed, room }: Row): Allowance => ({ allowed: amountsIn(allowed), room: amountsIn(room) });

/** What the others leave; null: there is no limit. */
const roomOf = (what: string) => `asked.most_${what} - asked.used_${what} - coalesce(others.${what}, 0)`;
/** What may be used of it: a share, or what is needed. */
const allowedOf = (what: string) =>
  `case when most_${what} is null then null when not wants then 0
     else greatest(0, ${what} / processes, least(${what}, wish_${what})) end`;
const used = (what: string) => `used_${what} + coalesce(allowed_${what}, 0)`;

/** Streams of a process that is silent for seconds are over; its requests count as long as any. */
const exchange = `
  with living as (
    select greatest(count(*), 1) as processes from gateway_processes where alive_until > clock_timestamp()
  ), asked as (
    select * from unnest($2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[],
      $9::bigint[], $10::bigint[], $11::bigint[], $12::boolean[]) asked (person, most_requests, most_units, most_streams,
      used_requests, used_units, used_streams, wish_requests, wish_units, wish_streams, wants)
  ), others as (
    select person, sum(requests)::bigint as requests, sum(units)::bigint as units,
      (sum(streams) filter (where stated_at > clock_timestamp() - interval '5 seconds'))::bigint as streams
    from key_uses where person = any($2::text[]) and process <> $1
      and stated_at > clock_timestamp() - interval '61 seconds'
    group by person
  ), rooms as (
    select asked.*, ${roomOf('requests')} as requests, ${roomOf('units')} as units, ${roomOf('streams')} as streams
    from asked left join others using (person)
  ), allowed as (
    select rooms.*, ${allowedOf('requests')} as allowed_requests, ${allowedOf('units')} as allowed_units,
      ${allowedOf('streams')} as allowed_streams
    from rooms cross join living
  ), stated as (
    insert into key_uses (person, process, requests, units, streams, stated_at)
    select person, $1, ${used('requests')}, ${used('units')}, ${used('streams')}, clock_timestamp() from allowed
    order by person
    on conflict (person, process) do update set requests = excluded.requests, units = excluded.units,
      streams = excluded.streams, stated_at = excluded.stated_at
  )
  select person, array[allowed_requests, allowed_units, allowed_streams]::text[] as allowed,
    array[requests, units, streams]::text[] as room
  from allowed`;
