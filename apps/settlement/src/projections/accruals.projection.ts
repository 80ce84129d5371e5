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
  async flush(sql, events) {
    await insertUses(sql, events);
    await insertShares(sql, events);
    await addToTotals(sql, events);
  },
};

async function insertUses(sql: SqlWriter, events: readonly Accrued[]): Promise<void> {
  await sql.query(
    `insert into accrued_uses
       (usage_id, charge_id, payer_id, used_at, period, late_for, tokens, wallet_lane, charged_by, accrued_by, accrued_at)
     select * from unnest(
       $1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::numeric[], $8::int[], $9::text[],
       $10::text[], $11::bigint[]
     )`,
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
    ],
  );
}

async function insertShares(sql: SqlWriter, events: readonly Accrued[]): Promise<void> {
  const shares = events.flatMap(({ data }) => data.shares.map((share: Share) => ({ ...share, data })));
  await sql.query(
    `insert into accruals (usage_id, role, party_id, period, tokens)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::numeric[])`,
    [
      shares.map(({ data }) => data.usageId),
      shares.map(({ role }) => role),
      shares.map(({ partyId }) => partyId),
      shares.map(({ data }) => data.period),
      shares.map(({ tokens }) => tokens.toString()),
    ],
  );
}

/**
 * Adds to the totals, one row per period and lane, so that lanes never wait for each other's rows.
 */
async function addToTotals(sql: SqlWriter, events: readonly Accrued[]): Promise<void> {
  const { lane } = events[0]!;
  const byPeriod = Map.groupBy(events, ({ data }) => data.period);
  const sums = [...byPeriod.values()].map((accrued) => accrued.reduce((sum, { data }) => sum + data.tokens, 0n));
  await sql.query(
    `insert into accrued_totals (period, lane, uses, tokens)
     select period, $1::int, uses, tokens
     from unnest($2::text[], $3::bigint[], $4::numeric[]) accrued (period, uses, tokens)
     on conflict (period, lane) do update
       set uses = accrued_totals.uses + excluded.uses, tokens = accrued_totals.tokens + excluded.tokens`,
    [lane, [...byPeriod.keys()], [...byPeriod.values()].map(({ length }) => length), sums.map(String)],
  );
}
