import type { EventOf, EventsOf, settlementLaneEvents, Share, UsageAccrued } from '@tokengrid/contracts';
import type { Projection, SqlWriter } from '@tokengrid/event-store';
import type { Recorded } from '@tokengrid/kernel';

type Accrued = Recorded<EventOf<typeof UsageAccrued>>;

/** Accruals of every use, by period and party. */
export const accruals: Projection<EventsOf<typeof settlementLaneEvents>, Accrued[]> = {
  name: 'accruals',
  tables: ['accrued_uses', 'accruals', 'accrued_totals'],
  begin: () => [],
  on: {
    UsageAccrued: (batch, event) => void batch.push(event),
    LaneClosed: 'ignored',
  },
  async flush(sql, events, lane) {
    await insertUses(sql, lane, events);
    await insertShares(sql, lane, events);
    await addToTotals(sql, lane, events);
  },
};

async function insertUses(sql: SqlWriter, lane: number, events: readonly Accrued[]): Promise<void> {
  await sql.query(
    `insert into accrued_uses
       (lane, usage_id, charge_id, payer_id, used_at, period, late_for, tokens, wallet_lane, charged_by, accrued_by, accrued_at)
     select $12::int, accrued.* from unnest(
       $1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::numeric[], $8::int[], $9::text[],
       $10::text[], $11::bigint[]
     ) accrued`,
    [
      events.map(({ data }) => data.usageId),
      events.map(({ data }) => data.chargeId),
      events.map(({ data }) => data.payerId),
      events.map(({ data }) => Date.parse(data.time)),
      events.map(({ data }) => data.period),
      events.map(({ data }) => data.lateFor ?? null),
      events.map(({ data }) => data.tokens.toString()),
      events.map(({ data }) => data.walletLane ?? null),
      events.map(({ data }) => data.chargedBy ?? null),
      events.map(({ id }) => id),
      events.map(({ time }) => time),
      lane,
    ],
  );
}

async function insertShares(sql: SqlWriter, lane: number, events: readonly Accrued[]): Promise<void> {
  const shares = events.flatMap(({ data }) => data.shares.map((share: Share) => ({ ...share, data })));
  await sql.query(
    `insert into accruals (lane, usage_id, role, party_id, period, tokens)
     select $6::int, share.* from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::numeric[]) share`,
    [
      shares.map(({ data }) => data.usageId),
      shares.map(({ role }) => role),
      shares.map(({ partyId }) => partyId),
      shares.map(({ data }) => data.period),
      shares.map(({ tokens }) => tokens.toString()),
      lane,
    ],
  );
}

/**
 * Adds to the totals, one row per period and lane, so that lanes never wait for each other's rows.
 */
async function addToTotals(sql: SqlWriter, lane: number, events: readonly Accrued[]): Promise<void> {
  const byPeriod = Map.groupBy(events, ({ data }) => data.period);
  const sums = [...byPeriod.values()].map((accrued) => accrued.reduce((sum, { data }) => sum + data.tokens, 0n));
  await sql.query(
    `insert into accrued_totals (lane, period, uses, tokens)
     select $1::int, period, uses, tokens
     from unnest($2::text[], $3::bigint[], $4::numeric[]) accrued (period, uses, tokens)
     on conflict (lane, period) do update
       set uses = accrued_totals.uses + excluded.uses, tokens = accrued_totals.tokens + excluded.tokens`,
    [lane, [...byPeriod.keys()], [...byPeriod.values()].map(({ length }) => length), sums.map(String)],
  );
}
