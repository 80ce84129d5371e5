import type { EventOf, EventsOf, modelEvents, ModelOffered, ModelSubmitted } from '@tokengrid/contracts';
import type { Projection, SqlWriter } from '@tokengrid/event-store';
import type { MeterPrice } from '../decisions/models/offer-model.ts';
import type { ModelStatus } from '../decisions/state/model.ts';
import type { ModelPricesRow } from './model-prices.table.ts';

type Submitted = EventOf<typeof ModelSubmitted>['data'];
type Offered = EventOf<typeof ModelOffered>['data'];

interface Said {
  readonly offer: Submitted | Offered;
  readonly createdAt: number;
}

/** Prices that were withdrawn before their time. */
interface Withdrawn {
  readonly modelId: string;
  readonly priceVersion: number;
}

interface Batch {
  readonly said: Map<string, Said>;
  readonly statuses: Map<string, ModelStatus>;
  readonly rejected: Map<string, readonly string[]>;
  readonly priced: ModelPricesRow[];
  readonly withdrawn: Withdrawn[];
}

/**
 * Offers of models, and all their posted prices; prices withdrawn before their time are deleted.
 */
export const models: Projection<EventsOf<typeof modelEvents>, Batch> = {
  name: 'models',
  tables: ['models', 'model_prices'],
  begin: () => ({ said: new Map(), statuses: new Map(), rejected: new Map(), priced: [], withdrawn: [] }),
  on: {
    ModelSubmitted: (batch, { data, time }) => said(batch, data, time, 'pending'),
    ModelRejected: ({ statuses, rejected }, { data: { modelId, reasons } }) => {
      statuses.set(modelId, 'rejected');
      rejected.set(modelId, reasons);
    },
    ModelOffered: (batch, { data, time }) => {
      said(batch, data, time, 'offered');
      batch.priced.push(pricesOf(data, time));
    },
    ModelPriced: ({ priced }, { data, time }) => void priced.push(pricesOf(data, time)),
    ModelPriceWithdrawn: ({ withdrawn }, { data }) => void withdrawn.push(data),
    ModelSuspended: ({ statuses }, { data }) => void statuses.set(data.modelId, 'suspended'),
    ModelReinstated: ({ statuses }, { data }) => void statuses.set(data.modelId, 'offered'),
    ModelWithdrawn: ({ statuses }, { data }) => void statuses.set(data.modelId, 'withdrawn'),
    ModelRefused: 'ignored',
  },
  async flush(sql, { said, statuses, rejected, priced, withdrawn }) {
    if (said.size > 0) await insertModels(sql, [...said.values()]);
    if (statuses.size > 0) await changeStatuses(sql, statuses, rejected);
    if (priced.length > 0) await insertPrices(sql, priced);
    // After the insertion of prices: some may be of the same batch.
    if (withdrawn.length > 0) await deletePrices(sql, withdrawn);
  },
};

function said({ said, statuses }: Batch, offer: Said['offer'], createdAt: number, status: ModelStatus): void {
  said.set(offer.modelId, { offer, createdAt: said.get(offer.modelId)?.createdAt ?? createdAt });
  statuses.set(offer.modelId, status);
}

interface Posted {
  readonly modelId: string;
  readonly priceVersion: number;
  readonly prices: MeterPrice[];
  readonly operatorBps: number;
  readonly effectiveFrom: string;
}

function pricesOf(
  { modelId, priceVersion, prices, operatorBps, effectiveFrom }: Posted,
  postedAt: number,
): ModelPricesRow {
  return { modelId, priceVersion, prices, operatorBps, postedAt, effectiveFrom: Date.parse(effectiveFrom) };
}

/** Inserts offers. An approved one is there already: it says the same again. */
async function insertModels(sql: SqlWriter, rows: readonly Said[]): Promise<void> {
  const offers = rows.map(({ offer }) => offer);
  await sql.query(
    `insert into models (model_id, name, provider_id, endpoint, region, capacity, tokenizer, data_promises, asked_bps,
       created_at, status)
     select new.*, 'pending' from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int[],
       $7::text[], $8::jsonb[], $9::int[], $10::bigint[]) as new
     on conflict (model_id) do nothing`,
    [
      offers.map(({ modelId }) => modelId),
      offers.map(({ name }) => name),
      offers.map(({ providerId }) => providerId),
      offers.map(({ endpoint }) => endpoint),
      offers.map(({ region }) => region),
      offers.map(({ capacity }) => capacity ?? null),
      offers.map(({ tokenizer }) => tokenizer ?? null),
      offers.map(({ dataPromises }) => (dataPromises ? JSON.stringify(dataPromises) : null)),
      offers.map(({ operatorBps }) => operatorBps),
      rows.map(({ createdAt }) => createdAt),
    ],
  );
}

async function changeStatuses(sql: SqlWriter, statuses: Batch['statuses'], rejected: Batch['rejected']): Promise<void> {
  const ids = [...statuses.keys()];
  const reasons = ids.map((modelId) => rejected.get(modelId));
  await sql.query(
    `update models set status = changed.status, reasons = coalesce(changed.reasons, models.reasons)
     from unnest($1::text[], $2::text[], $3::jsonb[]) as changed (model_id, status, reasons)
     where models.model_id = changed.model_id`,
    [ids, [...statuses.values()], reasons.map((list) => (list ? JSON.stringify(list) : null))],
  );
}

async function insertPrices(sql: SqlWriter, rows: readonly ModelPricesRow[]): Promise<void> {
  await sql.query(
    `insert into model_prices (model_id, price_version, prices, operator_bps, posted_at, effective_from)
     select * from unnest($1::text[], $2::int[], $3::json[], $4::int[], $5::bigint[], $6::bigint[])`,
    [
      rows.map(({ modelId }) => modelId),
      rows.map(({ priceVersion }) => priceVersion),
      rows.map(({ prices }) => JSON.stringify(prices)),
      rows.map(({ operatorBps }) => operatorBps),
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
