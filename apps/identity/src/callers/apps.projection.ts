import type {
  AppCreated,
  AppReinstated,
  AppSubscribed,
  AppSuspended,
  AppUnsubscribed,
  ConsentSet,
  EventOf,
  VersionPublished,
  VersionWithdrawn,
} from '@tokengrid/contracts';
import type { Projection, SqlWriter } from '@tokengrid/event-store';

type DataOf<D> = EventOf<D>['data'];

interface Batch {
  readonly created: DataOf<typeof AppCreated>[];
  /** Last state of each app, by its id. */
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

/** What apps may know of their subscribers: scopes that they need, and were consented to. */
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
    AppSuspended: ({ suspended }, { data }) => void suspended.set(data.appId, true),
    AppReinstated: ({ suspended }, { data }) => void suspended.set(data.appId, false),
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
  await sql.query('insert into apps (app_id, developer_id) select * from unnest($1::text[], $2::text[])', [
    created.map(({ appId }) => appId),
    created.map(({ developerId }) => developerId),
  ]);
}

async function changeApps(sql: SqlWriter, suspended: Batch['suspended']): Promise<void> {
  await sql.query(
    `update apps set suspended = changed.suspended
     from unnest($1::text[], $2::boolean[]) changed (app_id, suspended) where apps.app_id = changed.app_id`,
    [[...suspended.keys()], [...suspended.values()]],
  );
}

async function insertVersions(sql: SqlWriter, published: Batch['published']): Promise<void> {
  await sql.query(
    `insert into app_versions (app_id, version, effective_from, scopes)
     select * from unnest($1::text[], $2::int[], $3::bigint[], $4::jsonb[])`,
    [
      published.map(({ appId }) => appId),
      published.map(({ version }) => version),
      published.map(({ effectiveFrom }) => Date.parse(effectiveFrom)),
      published.map(({ manifest }) => JSON.stringify(manifest.scopes)),
    ],
  );
}

async function withdrawVersions(sql: SqlWriter, withdrawn: Batch['withdrawn']): Promise<void> {
  await sql.query(
    `update app_versions set withdrawn = true from unnest($1::text[], $2::int[]) announced (app_id, version)
     where app_versions.app_id = announced.app_id and app_versions.version = announced.version`,
    [withdrawn.map(({ appId }) => appId), withdrawn.map(({ version }) => version)],
  );
}

async function insertSubscriptions(sql: SqlWriter, subscribed: Batch['subscribed']): Promise<void> {
  await sql.query(
    `insert into app_subscriptions (subscription_id, app_id, party_id, valid_from, scopes)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::jsonb[])`,
    [
      subscribed.map(({ subscriptionId }) => subscriptionId),
      subscribed.map(({ appId }) => appId),
      subscribed.map(({ partyId }) => partyId),
      subscribed.map(({ from }) => Date.parse(from)),
      subscribed.map(({ consent }) => JSON.stringify(consent?.scopes ?? [])),
    ],
  );
}

async function changeConsents(sql: SqlWriter, consents: Batch['consents']): Promise<void> {
  await sql.query(
    `update app_subscriptions set scopes = changed.scopes
     from unnest($1::text[], $2::jsonb[]) changed (subscription_id, scopes)
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
