import type {
  AppCreated,
  AppReinstated,
  AppSubscribed,
  AppSuspended,
  AppUnsubscribed,
  ConsentSet,
  EventOf,
  Manifest,
  VersionPublished,
  VersionWithdrawn,
} from '@tokengrid/contracts';
import type { Projection, SqlWriter } from '@tokengrid/event-store';

type DataOf<D> = EventOf<D>['data'];

interface Batch {
  readonly created: DataOf<typeof AppCreated>[];
  /** Last state of each app, by slug. */
  readonly suspended: Map<string, boolean>;
  readonly published: DataOf<typeof VersionPublished>[];
  readonly withdrawn: DataOf<typeof VersionWithdrawn>[];
  readonly subscribed: DataOf<typeof AppSubscribed>[];
  /** Last consent of each subscription. */
  readonly consents: Map<string, readonly string[]>;
  readonly unsubscribed: DataOf<typeof AppUnsubscribed>[];
}

type AppEvent = EventOf<
  | typeof AppCreated
  | typeof AppSuspended
  | typeof AppReinstated
  | typeof VersionPublished
  | typeof VersionWithdrawn
  | typeof AppSubscribed
  | typeof ConsentSet
  | typeof AppUnsubscribed
>;

/** Apps: where their versions are, who subscribed to them, and which scopes were consented to. */
export const apps: Projection<AppEvent, Batch> = {
  name: 'apps',
  tables: ['apps', 'app_versions', 'app_subscriptions'],
  streamsApart: true,
  begin: () => ({
    ...{ created: [], suspended: new Map(), published: [], withdrawn: [] },
    ...{ subscribed: [], consents: new Map(), unsubscribed: [] },
  }),
  on: {
    AppCreated: ({ created }, { data }) => void created.push(data),
    AppSuspended: ({ suspended }, { data }) => void suspended.set(data.slug, true),
    AppReinstated: ({ suspended }, { data }) => void suspended.set(data.slug, false),
    VersionPublished: ({ published }, { data }) => void published.push(data),
    VersionWithdrawn: ({ withdrawn }, { data }) => void withdrawn.push(data),
    AppSubscribed: ({ subscribed }, { data }) => void subscribed.push(data),
    ConsentSet: ({ consents }, { data }) => void consents.set(data.subscriptionId, data.scopes),
    AppUnsubscribed: ({ unsubscribed }, { data }) => void unsubscribed.push(data),
  },
  async flush(sql, { created, suspended, published, withdrawn, subscribed, consents, unsubscribed }) {
    if (created.length > 0) await insertApps(sql, created);
    if (suspended.size > 0) await changeApps(sql, suspended);
    if (published.length > 0) await insertVersions(sql, published);
    // After the insertions, which may be of the same batch.
    if (withdrawn.length > 0) await withdrawVersions(sql, withdrawn);
    if (subscribed.length > 0) await insertSubscriptions(sql, subscribed);
    if (consents.size > 0) await changeConsents(sql, consents);
    if (unsubscribed.length > 0) await endSubscriptions(sql, unsubscribed);
  },
};

async function insertApps(sql: SqlWriter, created: Batch['created']): Promise<void> {
  await sql.query(
    `insert into apps (slug, app_id, developer_id) select * from unnest($1::text[], $2::text[], $3::text[])`,
    [created.map(({ slug }) => slug), created.map(({ appId }) => appId), created.map(({ developerId }) => developerId)],
  );
}

async function changeApps(sql: SqlWriter, suspended: Batch['suspended']): Promise<void> {
  await sql.query(
    `update apps set suspended = changed.suspended
     from unnest($1::text[], $2::boolean[]) changed (slug, suspended) where apps.slug = changed.slug`,
    [[...suspended.keys()], [...suspended.values()]],
  );
}

/** Meters whose uses the gateway reports: others are the developer's or the operator's. */
const metersOfGateway = ({ meters }: Manifest) =>
  meters.flatMap(({ name, reportedBy }) => (reportedBy === 'gateway' ? [name] : []));

async function insertVersions(sql: SqlWriter, published: Batch['published']): Promise<void> {
  await sql.query(
    `insert into app_versions (slug, version, effective_from, endpoint, scopes, meters)
     select slug, version, effective_from, endpoint, scopes::jsonb, meters::jsonb
     from unnest($1::text[], $2::int[], $3::bigint[], $4::text[], $5::text[], $6::text[])
       published (slug, version, effective_from, endpoint, scopes, meters)`,
    [
      published.map(({ slug }) => slug),
      published.map(({ version }) => version),
      published.map(({ effectiveFrom }) => Date.parse(effectiveFrom)),
      published.map(({ manifest }) => manifest.endpoint),
      published.map(({ manifest }) => JSON.stringify(manifest.scopes)),
      published.map(({ manifest }) => JSON.stringify(metersOfGateway(manifest))),
    ],
  );
}

async function withdrawVersions(sql: SqlWriter, withdrawn: Batch['withdrawn']): Promise<void> {
  await sql.query(
    `update app_versions set withdrawn = true from unnest($1::text[], $2::int[]) announced (slug, version)
     where app_versions.slug = announced.slug and app_versions.version = announced.version`,
    [withdrawn.map(({ slug }) => slug), withdrawn.map(({ version }) => version)],
  );
}

async function insertSubscriptions(sql: SqlWriter, subscribed: Batch['subscribed']): Promise<void> {
  await sql.query(
    `insert into app_subscriptions (subscription_id, slug, party_id, plan_id, version, valid_from, scopes)
     select subscription_id, slug, party_id, plan_id, version, valid_from, scopes::jsonb
     from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[], $6::bigint[], $7::text[])
       subscribed (subscription_id, slug, party_id, plan_id, version, valid_from, scopes)`,
    [
      subscribed.map(({ subscriptionId }) => subscriptionId),
      subscribed.map(({ slug }) => slug),
      subscribed.map(({ partyId }) => partyId),
      subscribed.map(({ planId }) => planId),
      subscribed.map(({ version }) => version),
      subscribed.map(({ from }) => Date.parse(from)),
      subscribed.map(({ consent }) => JSON.stringify(consent?.scopes ?? [])),
    ],
  );
}

async function changeConsents(sql: SqlWriter, consents: Batch['consents']): Promise<void> {
  await sql.query(
    `update app_subscriptions set scopes = changed.scopes::jsonb
     from unnest($1::text[], $2::text[]) changed (subscription_id, scopes)
     where app_subscriptions.subscription_id = changed.subscription_id`,
    [[...consents.keys()], Array.from(consents.values(), (scopes) => JSON.stringify(scopes))],
  );
}

async function endSubscriptions(sql: SqlWriter, unsubscribed: Batch['unsubscribed']): Promise<void> {
  await sql.query(
    `update app_subscriptions set valid_until = ended.until
     from unnest($1::text[], $2::bigint[]) ended (subscription_id, until)
     where app_subscriptions.subscription_id = ended.subscription_id`,
    [unsubscribed.map(({ subscriptionId }) => subscriptionId), unsubscribed.map(({ until }) => Date.parse(until))],
  );
}
