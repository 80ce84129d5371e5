import {
  type EventOf,
  modelKeyOf,
  type ModelOffered,
  type ModelPriced,
  type ModelPriceWithdrawn,
  type ModelReinstated,
  type ModelSuspended,
  type ModelWithdrawn,
} from '@tokengrid/contracts';
import type { Projection, SqlWriter } from '@tokengrid/event-store';

type DataOf<D> = EventOf<D>['data'];
type Status = 'offered' | 'suspended' | 'withdrawn';

interface Offered {
  readonly data: DataOf<typeof ModelOffered>;
  /** Epoch milliseconds. */
  readonly time: number;
}

interface Batch {
  readonly offered: Offered[];
  readonly priced: DataOf<typeof ModelOffered | typeof ModelPriced>[];
  readonly withdrawnPrices: DataOf<typeof ModelPriceWithdrawn>[];
  /** Last status of each offer. */
  readonly statuses: Map<string, Status>;
}

type OfferEvent = EventOf<
  | typeof ModelOffered
  | typeof ModelPriced
  | typeof ModelPriceWithdrawn
  | typeof ModelSuspended
  | typeof ModelReinstated
  | typeof ModelWithdrawn
>;

/** Offers of models: where they are, what they promise, and what they cost from when on. */
export const offers: Projection<OfferEvent, Batch> = {
  name: 'offers',
  tables: ['offers', 'offer_prices'],
  streamsApart: true,
  begin: () => ({ offered: [], priced: [], withdrawnPrices: [], statuses: new Map() }),
  on: {
    ModelOffered: ({ offered, priced }, { data, time }) => {
      offered.push({ data, time });
      priced.push(data);
    },
    ModelPriced: ({ priced }, { data }) => void priced.push(data),
    ModelPriceWithdrawn: ({ withdrawnPrices }, { data }) => void withdrawnPrices.push(data),
    ModelSuspended: ({ statuses }, { data }) => void statuses.set(data.modelId, 'suspended'),
    ModelReinstated: ({ statuses }, { data }) => void statuses.set(data.modelId, 'offered'),
    ModelWithdrawn: ({ statuses }, { data }) => void statuses.set(data.modelId, 'withdrawn'),
  },
  async flush(sql, { offered, priced, withdrawnPrices, statuses }) {
    if (offered.length > 0) await insertOffers(sql, offered);
    if (priced.length > 0) await insertPrices(sql, priced);
    // After the insertions, which may be of the same batch.
    if (withdrawnPrices.length > 0) await withdrawPrices(sql, withdrawnPrices);
    if (statuses.size > 0) await changeStatuses(sql, statuses);
  },
};

async function insertOffers(sql: SqlWriter, offered: readonly Offered[]): Promise<void> {
  const all = offered.map(({ data }) => data);
  await sql.query(
    `insert into offers (model_id, name, look, provider_id, endpoint, region, capacity, tokenizer, training,
       retention_days, offered_at, status)
     select offered.*, 'offered' from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
       $7::int[], $8::text[], $9::boolean[], $10::int[], $11::bigint[]) offered`,
    [
      all.map(({ modelId }) => modelId),
      all.map(({ name }) => name),
      all.map(({ name }) => modelKeyOf(name)),
      all.map(({ providerId }) => providerId),
      all.map(({ endpoint }) => endpoint),
      all.map(({ region }) => region),
      all.map(({ capacity }) => capacity ?? null),
      all.map(({ tokenizer }) => tokenizer ?? null),
      all.map(({ dataPromises }) => dataPromises?.training ?? null),
      all.map(({ dataPromises }) => dataPromises?.retentionDays ?? null),
      offered.map(({ time }) => time),
    ],
  );
}

async function insertPrices(sql: SqlWriter, priced: Batch['priced']): Promise<void> {
  await sql.query(
    `insert into offer_prices (model_id, version, effective_from, prices)
     select model_id, version, effective_from, prices::jsonb
     from unnest($1::text[], $2::int[], $3::bigint[], $4::text[]) priced (model_id, version, effective_from, prices)`,
    [
      priced.map(({ modelId }) => modelId),
      priced.map(({ priceVersion }) => priceVersion),
      priced.map(({ effectiveFrom }) => Date.parse(effectiveFrom)),
      priced.map(({ prices }) => JSON.stringify(prices)),
    ],
  );
}

async function withdrawPrices(sql: SqlWriter, prices: Batch['withdrawnPrices']): Promise<void> {
  await sql.query(
    `update offer_prices set withdrawn = true from unnest($1::text[], $2::int[]) announced (model_id, version)
     where offer_prices.model_id = announced.model_id and offer_prices.version = announced.version`,
    [prices.map(({ modelId }) => modelId), prices.map(({ priceVersion }) => priceVersion)],
  );
}

async function changeStatuses(sql: SqlWriter, statuses: Batch['statuses']): Promise<void> {
  await sql.query(
    `update offers set status = changed.status from unnest($1::text[], $2::text[]) changed (model_id, status)
     where offers.model_id = changed.model_id`,
    [[...statuses.keys()], [...statuses.values()]],
  );
}
