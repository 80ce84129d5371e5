import type {
  AppCreated,
  AppReinstated,
  AppSubscribed,
  AppSuspended,
  AppUnsubscribed,
  EventOf,
  Manifest,
  ModelOffered,
  ModelPriced,
  ModelPriceWithdrawn,
  ModelReinstated,
  ModelSuspended,
  ModelWithdrawn,
  VersionDeprecated,
  VersionPublished,
  VersionWithdrawn,
} from '@tokengrid/contracts';
import type { Projection, SqlWriter } from '@tokengrid/event-store';
import { plansOf } from './facts.ts';

type DataOf<D> = EventOf<D>['data'];

/** Begin or end of a time from which something is not on offer. */
interface PauseChange {
  /** Id of the offer, or the app's slug. */
  readonly subject: string;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly begins: boolean;
}

interface Batch {
  readonly apps: DataOf<typeof AppCreated>[];
  readonly versions: DataOf<typeof VersionPublished>[];
  readonly offers: DataOf<typeof ModelOffered>[];
  readonly prices: DataOf<typeof ModelOffered | typeof ModelPriced>[];
  readonly deprecated: { readonly slug: string; readonly version: number; readonly time: number }[];
  readonly withdrawnVersions: DataOf<typeof VersionWithdrawn>[];
  readonly withdrawnPrices: DataOf<typeof ModelPriceWithdrawn>[];
  readonly pauses: PauseChange[];
  readonly subscribed: DataOf<typeof AppSubscribed>[];
  readonly unsubscribed: DataOf<typeof AppUnsubscribed>[];
}

type RateCardEvent = EventOf<
  | typeof AppCreated
  | typeof AppSuspended
  | typeof AppReinstated
  | typeof VersionPublished
  | typeof VersionDeprecated
  | typeof VersionWithdrawn
  | typeof ModelOffered
  | typeof ModelPriced
  | typeof ModelPriceWithdrawn
  | typeof ModelSuspended
  | typeof ModelReinstated
  | typeof ModelWithdrawn
  | typeof AppSubscribed
  | typeof AppUnsubscribed
>;

/**
 * The rate card: what offers and plans cost, from when on, who sells them, and who has subscribed
 * to what; and when something was not on offer.
 */
export const rateCard: Projection<RateCardEvent, Batch> = {
  name: 'rate-card',
  tables: ['rate_apps', 'rate_app_versions', 'rate_offers', 'rate_offer_prices', 'rate_pauses', 'rate_subscriptions'],
  streamsApart: true,
  begin: () => ({
    ...{ apps: [], versions: [], offers: [], prices: [], pauses: [], withdrawnVersions: [], withdrawnPrices: [] },
    ...{ deprecated: [], subscribed: [], unsubscribed: [] },
  }),
  on: {
    AppCreated: (batch, { data }) => void batch.apps.push(data),
    VersionPublished: (batch, { data }) => void batch.versions.push(data),
    ModelOffered: (batch, { data }) => {
      batch.offers.push(data);
      batch.prices.push(data);
    },
    ModelPriced: (batch, { data }) => void batch.prices.push(data),
    VersionDeprecated: (batch, { data: { slug, version }, time }) =>
      void batch.deprecated.push({ slug, version, time }),
    VersionWithdrawn: (batch, { data }) => void batch.withdrawnVersions.push(data),
    ModelPriceWithdrawn: (batch, { data }) => void batch.withdrawnPrices.push(data),
    AppSuspended: (batch, { data: { slug: subject }, time }) => void batch.pauses.push({ subject, time, begins: true }),
    AppReinstated: (batch, { data: { slug: subject }, time }) =>
      void batch.pauses.push({ subject, time, begins: false }),
    ModelSuspended: (batch, { data: { modelId: subject }, time }) =>
      void batch.pauses.push({ subject, time, begins: true }),
    ModelReinstated: (batch, { data: { modelId: subject }, time }) =>
      void batch.pauses.push({ subject, time, begins: false }),
    ModelWithdrawn: (batch, { data: { modelId: subject }, time }) =>
      void batch.pauses.push({ subject, time, begins: true }),
    AppSubscribed: (batch, { data }) => void batch.subscribed.push(data),
    AppUnsubscribed: (batch, { data }) => void batch.unsubscribed.push(data),
  },
  async flush(sql, batch) {
    const { apps, versions, offers, prices, deprecated, withdrawnVersions, withdrawnPrices } = batch;
    const { pauses, subscribed, unsubscribed } = batch;
    if (apps.length > 0) await insertApps(sql, apps);
    if (versions.length > 0) await insertVersions(sql, versions);
    if (offers.length > 0) await insertOffers(sql, offers);
    if (prices.length > 0) await insertPrices(sql, prices);
    // After the insertion of versions, which may be of the same batch.
    if (deprecated.length > 0) await deprecateVersions(sql, deprecated);
    if (withdrawnVersions.length > 0) await withdrawVersions(sql, withdrawnVersions);
    if (withdrawnPrices.length > 0) await withdrawPrices(sql, withdrawnPrices);
    for (const pause of pauses) await changePause(sql, pause);
    if (subscribed.length > 0) await insertSubscriptions(sql, subscribed);
    if (unsubscribed.length > 0) await endSubscriptions(sql, unsubscribed);
  },
};

async function insertApps(sql: SqlWriter, apps: Batch['apps']): Promise<void> {
  await sql.query(
    `insert into rate_apps (slug, app_id, developer_id) select * from unnest($1::text[], $2::text[], $3::text[])`,
    [apps.map(({ slug }) => slug), apps.map(({ appId }) => appId), apps.map(({ developerId }) => developerId)],
  );
}

const reportersOf = ({ meters }: Manifest) =>
  Object.fromEntries(meters.flatMap(({ name, reportedBy }) => (reportedBy === undefined ? [] : [[name, reportedBy]])));

async function insertVersions(sql: SqlWriter, versions: Batch['versions']): Promise<void> {
  await sql.query(
    `insert into rate_app_versions (slug, version, effective_from, subscriptions_from, operator_bps, plans, models, reporters)
     select slug, version, effective_from, subscriptions_from, operator_bps, plans::jsonb, models::jsonb,
       reporters::jsonb
     from unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[], $5::int[], $6::text[], $7::text[], $8::text[])
       published (slug, version, effective_from, subscriptions_from, operator_bps, plans, models, reporters)`,
    [
      versions.map(({ slug }) => slug),
      versions.map(({ version }) => version),
      versions.map(({ effectiveFrom }) => Date.parse(effectiveFrom)),
      versions.map(({ subscriptionsFrom }) => (subscriptionsFrom === null ? null : Date.parse(subscriptionsFrom))),
      versions.map(({ manifest }) => manifest.revenueShare.operatorBps),
      versions.map(({ manifest }) => JSON.stringify(plansOf(manifest))),
      versions.map(({ manifest }) => JSON.stringify(manifest.models ?? [])),
      versions.map(({ manifest }) => JSON.stringify(reportersOf(manifest))),
    ],
  );
}

async function insertOffers(sql: SqlWriter, offers: Batch['offers']): Promise<void> {
  await sql.query(
    `insert into rate_offers (model_id, name, provider_id, region)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::text[])`,
    [
      offers.map(({ modelId }) => modelId),
      offers.map(({ name }) => name),
      offers.map(({ providerId }) => providerId),
      offers.map(({ region }) => region),
    ],
  );
}

async function insertPrices(sql: SqlWriter, prices: Batch['prices']): Promise<void> {
  await sql.query(
    `insert into rate_offer_prices (model_id, version, effective_from, operator_bps, prices)
     select model_id, version, effective_from, operator_bps, prices::jsonb
     from unnest($1::text[], $2::int[], $3::bigint[], $4::int[], $5::text[])
       priced (model_id, version, effective_from, operator_bps, prices)`,
    [
      prices.map(({ modelId }) => modelId),
      prices.map(({ priceVersion }) => priceVersion),
      prices.map(({ effectiveFrom }) => Date.parse(effectiveFrom)),
      prices.map(({ operatorBps }) => operatorBps),
      prices.map(({ prices }) => JSON.stringify(prices)),
    ],
  );
}

/** Begins or ends a pause: they are rare, and one ends what an earlier one of the batch began. */
async function changePause(sql: SqlWriter, { subject, time, begins }: PauseChange): Promise<void> {
  await sql.query(
    begins
      ? `insert into rate_pauses (subject, starts_at) values ($1, $2)
         on conflict (subject, starts_at) do update set ends_at = null`
      : 'update rate_pauses set ends_at = $2 where subject = $1 and ends_at is null',
    [subject, time],
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
    `update rate_offer_prices set withdrawn = true
     from unnest($1::text[], $2::int[]) announced (model_id, version)
     where rate_offer_prices.model_id = announced.model_id and rate_offer_prices.version = announced.version`,
    [prices.map(({ modelId }) => modelId), prices.map(({ priceVersion }) => priceVersion)],
  );
}

async function insertSubscriptions(sql: SqlWriter, subscribed: Batch['subscribed']): Promise<void> {
  await sql.query(
    `insert into rate_subscriptions (subscription_id, slug, party_id, plan_id, version, valid_from, trial_until,
       key_id)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[], $6::bigint[], $7::bigint[],
       $8::text[])`,
    [
      subscribed.map(({ subscriptionId }) => subscriptionId),
      subscribed.map(({ slug }) => slug),
      subscribed.map(({ partyId }) => partyId),
      subscribed.map(({ planId }) => planId),
      subscribed.map(({ version }) => version),
      subscribed.map(({ from }) => Date.parse(from)),
      subscribed.map(({ trialUntil }) => (trialUntil === undefined ? null : Date.parse(trialUntil))),
      subscribed.map(({ key }) => key ?? null),
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
