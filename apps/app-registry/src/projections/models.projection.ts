import type { AppRegistryEvent } from '@tokengrid/contracts';
import type { Projection, SqlClient } from '@tokengrid/event-store';
import type { MeterPrice } from '../decisions/offer-model.ts';
import type { ModelPricesRow } from './model-prices.table.ts';
import type { ModelRow } from './models.table.ts';

interface Batch {
  readonly offered: ModelRow[];
  readonly priced: ModelPricesRow[];
}

/** All models, and all prices that they ever had or will have. */
export const models: Projection<AppRegistryEvent, Batch> = {
  name: 'models',
  tables: ['models', 'model_prices'],
  begin: () => ({ offered: [], priced: [] }),
  on: {
    ModelOffered: ({ offered, priced }, { data }) => {
      const { modelId, name, providerId, endpoint, region, operatorBps } = data;
      offered.push({ modelId, name, providerId, endpoint, region, operatorBps });
      priced.push(pricesOf(data));
    },
    ModelPriced: ({ priced }, { data }) => void priced.push(pricesOf(data)),
    ModelRefused: 'ignored',
    NameReserved: 'ignored',
    NameConfirmed: 'ignored',
    NameRefused: 'ignored',
    AppCreated: 'ignored',
    VersionDrafted: 'ignored',
    VersionSubmitted: 'ignored',
    VersionApproved: 'ignored',
    VersionRejected: 'ignored',
    VersionPublished: 'ignored',
    VersionDeprecated: 'ignored',
    AppSuspended: 'ignored',
    AppReinstated: 'ignored',
    AppRefused: 'ignored',
    AppSubscribed: 'ignored',
    AppUnsubscribed: 'ignored',
    SubscriptionRefused: 'ignored',
  },
  async flush(sql, { offered, priced }) {
    if (offered.length > 0) await insertModels(sql, offered);
    if (priced.length > 0) await insertPrices(sql, priced);
  },
};

function pricesOf(posted: {
  readonly modelId: string;
  readonly priceVersion: number;
  readonly prices: MeterPrice[];
  readonly effectiveFrom: string;
}): ModelPricesRow {
  const { modelId, priceVersion, prices, effectiveFrom } = posted;
  return { modelId, priceVersion, prices, effectiveFrom: Date.parse(effectiveFrom) };
}

async function insertModels(sql: SqlClient, rows: readonly ModelRow[]): Promise<void> {
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

async function insertPrices(sql: SqlClient, rows: readonly ModelPricesRow[]): Promise<void> {
  await sql.query(
    `insert into model_prices (model_id, price_version, prices, effective_from)
     select * from unnest($1::text[], $2::int[], $3::json[], $4::bigint[])`,
    [
      rows.map(({ modelId }) => modelId),
      rows.map(({ priceVersion }) => priceVersion),
      rows.map(({ prices }) => JSON.stringify(prices)),
      rows.map(({ effectiveFrom }) => effectiveFrom),
    ],
  );
}
