import type { EventOf, EventsOf, Share, usageEvents, UsageRated } from '@tokengrid/contracts';
import type { Projection, SqlWriter } from '@tokengrid/event-store';
import type { ChargeStatus } from './charges.table.ts';

interface Batch {
  readonly rated: EventOf<typeof UsageRated>['data'][];
  /** Answers to charges of this batch and of earlier ones, by use. */
  readonly answered: Map<string, ChargeStatus>;
}

/** All rated uses, with their price and status. Usage sums are read from it, too. */
export const charges: Projection<EventsOf<typeof usageEvents>, Batch> = {
  name: 'charges',
  tables: ['charges'],
  begin: () => ({ rated: [], answered: new Map() }),
  on: {
    UsageRated: (batch, { data }) => void batch.rated.push(data),
    UsageBilled: (batch, { data }) => void batch.answered.set(data.usageId, 'billed'),
    UsageUncollected: (batch, { data }) => void batch.answered.set(data.usageId, 'uncollected'),
    UsageParked: 'ignored',
  },
  async flush(sql, { rated, answered }, lane) {
    if (rated.length > 0) await insertRated(sql, lane, rated, answered);
    const ofThisBatch = new Set(rated.map(({ usageId }) => usageId));
    const earlier = [...answered].filter(([usageId]) => !ofThisBatch.has(usageId));
    if (earlier.length > 0) await updateStatus(sql, lane, earlier);
  },
};

async function insertRated(
  sql: SqlWriter,
  lane: number,
  rated: Batch['rated'],
  answered: Batch['answered'],
): Promise<void> {
  await sql.query(insertCharges, [
    rated.map(({ usageId }) => usageId),
    rated.map(({ chargeId }) => chargeId),
    rated.map(({ source }) => source),
    rated.map(({ eventId }) => eventId),
    rated.map(({ reportedBy }) => reportedBy),
    rated.map(({ partyId }) => partyId),
    rated.map(({ app }) => app ?? null),
    rated.map(({ model }) => model ?? null),
    rated.map(({ shares }) => sellerOf(shares, 'developer')),
    rated.map(({ shares }) => sellerOf(shares, 'provider')),
    rated.map(({ units }) => JSON.stringify(units)),
    rated.map(({ tokens }) => tokens.toString()),
    rated.map(({ priceVersion }) => priceVersion),
    rated.map(({ usageId }) => answered.get(usageId) ?? 'rated'),
    rated.map(({ time }) => Date.parse(time)),
    lane,
  ]);
}

function sellerOf(shares: readonly Share[], role: Share['role']): string | null {
  return shares.find((share) => share.role === role)?.partyId ?? null;
}

const columns = `usage_id, charge_id, source, event_id, reported_by, party_id, app, model, developer_id, provider_id, units, tokens,
  price_version, status, used_at`;

const insertCharges = `
  insert into charges (lane, ${columns})
  select $16::int, usage_id, charge_id, source, event_id, reported_by, party_id, app, model, developer_id, provider_id, units::jsonb, tokens,
    price_version, status, used_at
  from unnest(
    $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
    $11::text[], $12::numeric[], $13::text[], $14::text[], $15::bigint[]
  ) rated (${columns})`;

async function updateStatus(
  sql: SqlWriter,
  lane: number,
  answered: readonly (readonly [string, ChargeStatus])[],
): Promise<void> {
  await sql.query(
    `update charges set status = answered.status
     from unnest($1::text[], $2::text[]) answered (usage_id, status)
     where charges.lane = $3 and charges.usage_id = answered.usage_id`,
    [answered.map(([usageId]) => usageId), answered.map(([, status]) => status), lane],
  );
}
