import type {
  AppCreated,
  AppSubscribed,
  AppUnsubscribed,
  EventOf,
  ModelOffered,
  ModelPriced,
  ModelPriceWithdrawn,
  VersionDeprecated,
  VersionPublished,
  VersionWithdrawn,
} from '@tokengrid/contracts';
import type { Projection, SqlWriter } from '@tokengrid/event-store';
import { plansOf } from './facts.ts';

type DataOf<D> = EventOf<D>['data'];

interface Batch {
  readonly apps: DataOf<typeof AppCreated>[];
  readonly versions: DataOf<typeof VersionPublished>[];
  readonly models: DataOf<typeof ModelOffered>[];
  readonly prices: DataOf<typeof ModelOffered | typeof ModelPriced>[];
  readonly deprecated: { readonly slug: string; readonly version: number; readonly time: number }[];
  readonly withdrawnVersions: DataOf<typeof VersionWithdrawn>[];
  readonly withdrawnPrices: DataOf<typeof ModelPriceWithdrawn>[];
  readonly subscribed: DataOf<typeof AppSubscribed>[];
  readonly unsubscribed: DataOf<typeof AppUnsubscribed>[];
}

type RateCardEvent = EventOf<
  | typeof AppCreated
  | typeof VersionPublished
  | typeof VersionDeprecated
  | typeof VersionWithdrawn
  | typeof ModelOffered
  | typeof ModelPriced
  | typeof ModelPriceWithdrawn
  | typeof AppSubscribed
  | typeof AppUnsubscribed
>;

/**
 * The rate card: what models and plans cost, from when on, who sells them, and who has subscribed
 * to what. Use while an app is suspended is rated all the same.
 */
export const rateCard: Projection<RateCardEvent, Batch> = {
  name: 'rate-card',
  tables: ['rate_apps', 'rate_app_versions', 'rate_models', 'rate_model_prices', 'rate_subscriptions'],
  streamsApart: true,
  begin: () => ({
    ...{ apps: [], versions: [], models: [], prices: [], withdrawnVersions: [], withdrawnPrices: [] },
    ...{ deprecated: [], subscribed: [], unsubscribed: [] },
  }),
  on: {
    AppCreated: (batch, { data }) => void batch.apps.push(data),
    VersionPublished: (batch, { data }) => void batch.versions.push(data),
    ModelOffered: (batch, { data }) => {
      batch.models.push(data);
      batch.prices.push(data);
    },
    ModelPriced: (batch, { data }) => void batch.prices.push(data),
    VersionDeprecated: (batch, { data: { slug, version }, time }) =>
      void batch.deprecated.push({ slug, version, time }),
    VersionWithdrawn: (batch, { data }) => void batch.withdrawnVersions.push(data),
    ModelPriceWithdrawn: (batch, { data }) => void batch.withdrawnPrices.push(data),
    AppSubscribed: (batch, { data }) => void batch.subscribed.push(data),
    AppUnsubscribed: (batch, { data }) => void batch.unsubscribed.push(data),
  },
  async flush(sql, batch) {
    const { apps, versions, models, prices, deprecated, withdrawnVersions, withdrawnPrices } = batch;
    const { subscribed, unsubscribed } = batch;
    if (apps.length > 0) await insertApps(sql, apps);
    if (versions.length > 0) await insertVersions(sql, versions);
    if (models.length > 0) await insertModels(sql, models);
    if (prices.length > 0) await insertPrices(sql, prices);
    // After the insertion of versions, which may be of the same batch.
    if (deprecated.length > 0) await deprecateVersions(sql, deprecated);
    if (withdrawnVersions.length > 0) await withdrawVersions(sql, withdrawnVersions);
    if (withdrawnPrices.length > 0) await withdrawPrices(sql, withdrawnPrices);
    if (subscribed.length > 0) await insertSubscriptions(sql, subscribed);
    if (unsubscribed.length > 0) await endSubscriptions(sql, unsubscribed);
  },
};

async function insertApps(sql: SqlWriter, apps: Batch['apps']): Promise<void> {
  await sql.query(`insert into rate_apps (slug, developer_id) select * from unnest($1::text[], $2::text[])`, [
    apps.map(({ slug }) => slug),
    apps.map(({ developerId }) => developerId),
  ]);
}

async function insertVersions(sql: SqlWriter, versions: Batch['versions']): Promise<void> {
  await sql.query(
    `insert into rate_app_versions (slug, version, effective_from, operator_bps, plans)
     select slug, version, effective_from, operator_bps, plans::jsonb
     from unnest($1::text[], $2::int[], $3::bigint[], $4::int[], $5::text[])
       published (slug, version, effective_from, operator_bps, plans)`,
    [
      versions.map(({ slug }) => slug),
      versions.map(({ version }) => version),
      versions.map(({ effectiveFrom }) => Date.parse(effectiveFrom)),
      versions.map(({ manifest }) => manifest.revenueShare.operatorBps),
      versions.map(({ manifest }) => JSON.stringify(plansOf(manifest))),
    ],
  );
}

async function insertModels(sql: SqlWriter, models: Batch['models']): Promise<void> {
  await sql.query(
    `insert into rate_models (name, provider_id, operator_bps) select * from unnest($1::text[], $2::text[], $3::int[])`,
    [
      models.map(({ name }) => name),
      models.map(({ providerId }) => providerId),
      models.map(({ operatorBps }) => operatorBps),
    ],
  );
}

async function insertPrices(sql: SqlWriter, prices: Batch['prices']): Promise<void> {
  await sql.query(
    `insert into rate_model_prices (name, version, effective_from, prices)
     select name, version, effective_from, prices::jsonb
     from unnest($1::text[], $2::int[], $3::bigint[], $4::text[]) priced (name, version, effective_from, prices)`,
    [
      prices.map(({ name }) => name),
      prices.map(({ priceVersion }) => priceVersion),
      prices.map(({ effectiveFrom }) => Date.parse(effectiveFrom)),
      prices.map(({ prices }) => JSON.stringify(prices)),
    ],
  );
}

async function deprecateVersions(sql: SqlWriter, versions: Batch['deprecated']): Promise<void> {
  await sql.query(
    `update rate_app_versions set deprecated_at = deprecated.at
     from unnest($1::text[], $2::int[], $3::bigint[]) deprecated (slug, version, at)
     where rate_app_versions.slug = deprecated.slug and rate_app_versions.version = deprecated.version`,
    [versions.map(({ slug }) => slug), versions.map(({ version }) => version), versions.map(({ time }) => time)],
  );
}

/**
 * Marks withdrawn versions, which are kept: a process that waits for an announcement has to find
 * it.
 */
async function withdrawVersions(sql: SqlWriter, versions: Batch['withdrawnVersions']): Promise<void> {
  await sql.query(
    `update rate_app_versions set withdrawn = true
     from unnest($1::text[], $2::int[]) announced (slug, version)
     where rate_app_versions.slug = announced.slug and rate_app_versions.version = announced.version`,
    [versions.map(({ slug }) => slug), versions.map(({ version }) => version)],
  );
}

async function withdrawPrices(sql: SqlWriter, prices: Batch['withdrawnPrices']): Promise<void> {
  await sql.query(
    `update rate_model_prices set withdrawn = true
     from unnest($1::text[], $2::int[]) announced (name, version)
     where rate_model_prices.name = announced.name and rate_model_prices.version = announced.version`,
    [prices.map(({ name }) => name), prices.map(({ priceVersion }) => priceVersion)],
  );
}

async function insertSubscriptions(sql: SqlWriter, subscribed: Batch['subscribed']): Promise<void> {
  await sql.query(
    `insert into rate_subscriptions (subscription_id, slug, party_id, plan_id, version, valid_from)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[], $6::bigint[])`,
    [
      subscribed.map(({ subscriptionId }) => subscriptionId),
      subscribed.map(({ slug }) => slug),
      subscribed.map(({ partyId }) => partyId),
      subscribed.map(({ planId }) => planId),
      subscribed.map(({ version }) => version),
      subscribed.map(({ from }) => Date.parse(from)),
    ],
  );
}

async function endSubscriptions(sql: SqlWriter, unsubscribed: Batch['unsubscribed']): Promise<void> {
  await sql.query(
    `update rate_subscriptions set valid_until = ended.until
     from unnest($1::text[], $2::bigint[]) ended (subscription_id, until)
     where rate_subscriptions.subscription_id = ended.subscription_id`,
    [unsubscribed.map(({ subscriptionId }) => subscriptionId), unsubscribed.map(({ until }) => Date.parse(until))],
  );
}
