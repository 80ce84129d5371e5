import type { EventsOf, offerEvents } from '@tokengrid/contracts';
import type { Projection } from '@tokengrid/event-store';

/** Credentials set for an offer. */
interface Set {
  readonly credentialsId: string;
  readonly by: string;
  readonly overlapMs: number;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** The last credentials of an offer in a batch, and those before them in it. */
interface Last {
  readonly last: Set;
  readonly formerId: string | undefined;
}

/** Credentials in force by offer, and the former ones while they stand in. */
export const offerCredentials: Projection<EventsOf<typeof offerEvents>, Map<string, Last>> = {
  name: 'offer-credentials',
  tables: ['offer_credentials'],
  streamsApart: true,
  begin: () => new Map(),
  on: {
    OfferCredentialsSet: (batch, { data: { modelId, credentialsId, by, overlapMs }, time: at }) => {
      const formerId = batch.get(modelId)?.last.credentialsId;
      batch.set(modelId, { last: { credentialsId, by, overlapMs, at }, formerId });
    },
    OfferTripped: 'ignored',
    OfferRecovered: 'ignored',
  },
  async flush(sql, batch, lane) {
    if (batch.size === 0) return;
    const rows = [...batch.values()];
    await sql.query(upsert, [
      lane,
      [...batch.keys()],
      rows.map(({ last }) => last.credentialsId),
      rows.map(({ last }) => last.by),
      rows.map(({ last }) => last.at),
      rows.map(({ formerId }) => formerId ?? null),
      rows.map(({ last }) => last.at + last.overlapMs),
    ]);
  },
};

const columns = 'model_id, credentials_id, set_by, set_at, former_id, former_until';
const upsert = `
  insert into offer_credentials (lane, ${columns})
  select $1::int, ${columns}
  from unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::bigint[]) set_last (${columns})
  on conflict (lane, model_id) do update set credentials_id = excluded.credentials_id, set_by = excluded.set_by,
    set_at = excluded.set_at, former_until = excluded.former_until,
    former_id = coalesce(excluded.former_id, offer_credentials.credentials_id)`;
