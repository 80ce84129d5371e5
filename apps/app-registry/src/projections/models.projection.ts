import type { EventsOf, modelEvents } from '@tokengrid/contracts';
import type { Projection, SqlWriter } from '@tokengrid/event-store';
import type { MeterPrice } from '../decisions/models/offer-model.ts';
import type { ModelPricesRow } from './model-prices.table.ts';
import type { ModelRow } from './models.table.ts';

interface Batch {
  readonly offered: ModelRow[];
  readonly priced: ModelPricesRow[];
  readonly withdrawn: Withdrawn[];
}

interface Withdrawn {
  readonly modelId: string;
  readonly priceVersion: number;
}

/** All models and their past, present and announced prices; withdrawn ones are deleted. */
export const models: Projection<EventsOf<typeof modelEvents>, Batch> = {
  name: 'models',
  tables: ['models', 'model_prices'],
  begin: () => ({ offered: [], priced: [], withdrawn: [] }),
  on: {
    ModelOffered: ({ offered, priced }, { data, time }) => {
      const { modelId, name, providerId, endpoint, region, operatorBps } = data;
      offered.push({ modelId, name, providerId, endpoint, region, operatorBps });
      priced.push(pricesOf(data, time));
    },
    ModelPriced: ({ priced }, { data, time }) => void priced.push(pricesOf(data, time)),
    ModelPriceWithdrawn: ({ withdrawn }, { data }) => void withdrawn.push(data),
    ModelRefused: 'ignored',
  },
  async flush(sql, { offered, priced, withdrawn }) {
    if (offered.length > 0) await insertModels(sql, offered);
    if (priced.length > 0) await insertPrices(sql, priced);
    // After the insertion of prices: some may be of the same batch.
    if (withdrawn.length > 0) await deletePrices(sql, withdrawn);
  },
};

interface Posted {
  readonly modelId: string;
  readonly priceVersion: number;
  readonly prices: MeterPrice[];
  readonly effectiveFrom: string;
}

function pricesOf({ modelId, priceVersion, prices, effectiveFrom }: Posted, postedAt: number): ModelPricesRow {
  return { modelId, priceVersion, prices, postedAt, effectiveFrom: Date.parse(effectiveFrom) };
}

async function insertModels(sql: SqlWriter, rows: readonly ModelRow[]): Promise<void> {
  await sql.query(
    `insert into models (model_id, name, provider_id, endpoint, region, operator_bps)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int[])`,
    [
      rows.map(({ modelId }) => modelId),
      rows.map(({ name }) => name),
      rows.map(({ providerId }) => providerId),
      rows.map(({ endpoint }) => endpoint),
      rows.map(({ region }) => region),
      rows.map(({ operatorBps }) => operatorBps),
    ],
  );
}

async function insertPrices(sql: SqlWriter, rows: readonly ModelPricesRow[]): Promise<void> {
  await sql.query(
    `insert into model_prices (model_id, price_version, prices, posted_at, effective_from)
     select * from unnest($1::text[], $2::int[], $3::json[], $4::bigint[], $5::bigint[])`,
    [
      rows.map(({ modelId }) => modelId),
      rows.map(({ priceVersion }) => priceVersion),
      rows.map(({ prices }) => JSON.stringify(prices)),
      rows.map(({ postedAt }) => postedAt),
      rows.map(({ effectiveFrom }) => effectiveFrom),
    ],
  );
}

async function deletePrices(sql: SqlWriter, rows: readonly Withdrawn[]): Promise<void> {
  await sql.query(
    `delete from model_prices using unnest($1::text[], $2::int[]) as withdrawn (model_id, price_version)
     where model_prices.model_id = withdrawn.model_id and model_prices.price_version = withdrawn.price_version`,
    [rows.map(({ modelId }) => modelId), rows.map(({ priceVersion }) => priceVersion)],
  );
}
