import type { Pool } from 'pg';
import type { Beat, Lease, LeaseTable, Renewal } from '../leases.ts';
import { type ClockRow, epochMs, readClock } from './stored-rows.ts';

interface BeatRow extends ClockRow {
  readonly living: number;
  readonly endsInMs: number | null;
}

/** Milliseconds until the first of some holders expires. */
const firstEnd = 'ceil(extract(epoch from min(alive_until) - clock_timestamp()) * 1000)::int';

/**
 * Leases in Postgres, by Postgres' clock. A lease belongs to a holder, and lives as long as the
 * holder beats.
 */
export class PostgresLeases implements LeaseTable {
  constructor(private readonly pool: Pool) {}

  async now(): Promise<number> {
    const { rows } = await this.pool.query<ClockRow>({ name: 'read-clock', text: readClock });
    return Number(rows[0]!.now);
  }

  async beat(holder: string, ttlMs: number, wanted: readonly string[] = []): Promise<Beat> {
    const { rows } = await this.pool.query<BeatRow & { known: number; names: string[]; epochs: string[] }>({
      name: 'lease-beat',
      text: `
        with beat as (
          insert into lease_holders values ($1, clock_timestamp() + $2 * interval '1 millisecond')
          on conflict (holder) do update set alive_until = excluded.alive_until
        ), gone as (
          delete from lease_holders where alive_until < clock_timestamp() - interval '1 hour' and holder <> $1
        ), others as (
          select count(*)::int as number, ${firstEnd} as ends
          from lease_holders where alive_until > clock_timestamp() and holder <> $1
        ), mine as (
          select name, epoch from leases where name = any($3) and holder = $1
        ), free as (
          select name from leases l
          where name = any($3) and holder is distinct from $1
            and not exists (select from lease_holders h where h.holder = l.holder and h.alive_until > clock_timestamp())
          order by name
          limit greatest(0, ceil(cardinality($3::text[])::numeric / (1 + (select number from others))) - (select count(*) from mine))
          for update skip locked
        ), taken as (
          update leases set holder = $1, epoch = epoch + 1 where name in (select name from free) returning name, epoch
        ), held as (
          select name, epoch from mine union all select name, epoch from taken
        )
        select 1 + number as living, ends as "endsInMs", ${epochMs} as now,
          (select count(*)::int from leases where name = any($3)) as known,
          array(select name from held order by name) as names, array(select epoch::text from held order by name) as epochs
        from others`,
      values: [holder, ttlMs, wanted],
    });
    const { living, known, now, endsInMs, names, epochs } = rows[0]!;
    // The rows are gone with an emptied database: create them again.
    if (known < wanted.length) await this.declare(wanted);
    return {
      living,
      endsInMs: endsInMs ?? undefined,
      now: Number(now),
      held: names.map((name, at) => ({ name, epoch: Number(epochs[at]) })),
    };
  }

  async renew(holder: string, ttlMs: number): Promise<Renewal | undefined> {
    // A crash of Postgres may forget the last beats, which ends the term earlier than the holder
    // believes; as for a frozen holder, the epoch decides then. Waiting for the disk would double
    // the statement's cost.
    const { rows } = await this.pool.query<BeatRow & { held: number; epochs: string }>({
      name: 'lease-renew',
      text: `
        with quickly as (select set_config('synchronous_commit', 'off', true))
        update lease_holders set alive_until = clock_timestamp() + $2 * interval '1 millisecond'
        from quickly,
          (select count(*)::int as number, ${firstEnd} as ends
           from lease_holders where alive_until > clock_timestamp() and holder <> $1) others,
          (select count(*)::int as held, coalesce(sum(epoch), 0) as epochs from leases where holder = $1) mine
        where holder = $1
        returning 1 + number as living, ends as "endsInMs", held, epochs::text, ${epochMs} as now`,
      values: [holder, ttlMs],
    });
    const [row] = rows;
    if (!row) return undefined;
    const { living, endsInMs, held, epochs, now } = row;
    return { living, endsInMs: endsInMs ?? undefined, held, epochs: Number(epochs), now: Number(now) };
  }

  async take(holder: string, names: readonly string[], most: number): Promise<readonly Lease[]> {
    const { rows } = await this.pool.query<{ name: string; epoch: string }>({
      name: 'lease-take',
      text: `
        with free as (
          select name from leases l
          where name = any($2) and holder is distinct from $1
            and not exists (select from lease_holders h where h.holder = l.holder and h.alive_until > clock_timestamp())
          order by name limit $3
          for update skip locked
        ), taken as (
          update leases set holder = $1, epoch = epoch + 1 where name in (select name from free) returning name, epoch
        )
        select name, epoch from taken
        union all
        select name, epoch from leases where name = any($2) and holder = $1`,
      values: [holder, names, Math.max(0, most)],
    });
    return rows.map((row) => ({ name: row.name, epoch: Number(row.epoch) }));
  }

  async release(holder: string, names: readonly string[]): Promise<void> {
    await this.pool.query('update leases set holder = null where holder = $1 and name = any($2)', [holder, names]);
  }

  async leave(holder: string): Promise<void> {
    await this.pool.query(
      `with gone as (delete from lease_holders where holder = $1) update leases set holder = null where holder = $1`,
      [holder],
    );
  }

  /** Creates rows for leases that are wanted for the first time. */
  async declare(names: readonly string[]): Promise<void> {
    await this.pool.query('insert into leases select unnest($1::text[]), null, 0 on conflict do nothing', [names]);
  }
}
