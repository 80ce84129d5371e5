import type { EventsOf, RatedUse, usageEvents } from '@tokengrid/contracts';
import type { Projection } from '@tokengrid/event-store';

interface Rated {
  readonly sequence: number;
  readonly place: number;
  readonly partyId: string;
  readonly use: RatedUse;
}

/**
 * All rated uses, with their prices, a row each: they are only added. What the wallet answered is
 * told by the tables of {@link walletAnswers}; usage sums are read from here, too.
 */
export const charges: Projection<EventsOf<typeof usageEvents>, Rated[]> = {
  name: 'charges',
  tables: ['charges'],
  begin: () => [],
  on: {
    UsageRated: (rated, { sequence, data: { partyId, uses } }) =>
      uses.forEach((use, place) => rated.push({ sequence, place, partyId, use })),
    UsageParked: 'ignored',
  },
  async flush(sql, rated, lane) {
    if (rated.length === 0) return;
    await sql.query(insertCharges, [
      lane,
      rated.map(({ sequence }) => sequence),
      rated.map(({ place }) => place),
      rated.map(({ partyId }) => partyId),
      rated.map(({ use }) => use.usageId),
      rated.map(({ use }) => use.source),
      rated.map(({ use }) => use.eventId),
      rated.map(({ use }) => use.app ?? null),
      rated.map(({ use }) => use.model ?? null),
      rated.map(({ use }) => JSON.stringify(use.units)),
      rated.map(({ use }) => use.tokens.toString()),
      rated.map(({ use }) => use.priceVersion),
      rated.map(({ use }) => Date.parse(use.time)),
      rated.map(({ use }) => use.subsidyOf ?? null),
    ]);
  },
};

const columns =
  'sequence, place, party_id, usage_id, source, event_id, app, model, units, tokens, price_version, used_at, subsidy_of';

const insertCharges = `
  insert into charges (lane, ${columns})
  select $1::int, sequence, place, party_id, usage_id, source, event_id, app, model, units::jsonb, tokens,
    price_version, used_at, subsidy_of
  from unnest(
    $2::bigint[], $3::smallint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
    $11::numeric[], $12::text[], $13::bigint[], $14::text[]
  ) rated (${columns})`;
