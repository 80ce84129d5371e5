import {
  type AppCreated,
  type appEvents,
  encodeData,
  type EventOf,
  type EventsOf,
  skeletonOf,
  type versionEvents,
  type VersionRejected,
} from '@tokengrid/contracts';
import type { Projection, SqlWriter } from '@tokengrid/event-store';
import type { VersionStatus } from '../decisions/state/app.ts';
import type { AppRow } from './apps.table.ts';

interface Drafted {
  readonly appId: string;
  readonly version: number;
  /** JSON. */
  readonly manifest: string;
  readonly draftedAt: number;
}

type Rejected = EventOf<typeof VersionRejected>['data'];

/** Changes of a version; undefined fields stay. */
interface Change {
  readonly appId: string;
  readonly version: number;
  status: VersionStatus;
  faults: Rejected['faults'];
  reasons: Rejected['reasons'];
  publishedAt: number | undefined;
  effectiveFrom: number | undefined;
  subscriptionsFrom: number | undefined;
  deprecatedAt: number | undefined;
}

interface Batch {
  readonly created: AppRow[];
  /** Last status in the batch, by app. */
  readonly suspended: Map<string, boolean>;
  readonly drafted: Drafted[];
  /** Changes by app and version. */
  readonly changes: Map<string, Change>;
}

/** All apps and their versions. */
export const apps: Projection<EventsOf<typeof appEvents | typeof versionEvents>, Batch> = {
  name: 'apps',
  tables: ['apps', 'versions'],
  begin: () => ({ created: [], suspended: new Map(), drafted: [], changes: new Map() }),
  on: {
    AppCreated: (batch, { data, time }) => void batch.created.push(rowOf(data, time)),
    AppSuspended: (batch, { data }) => void batch.suspended.set(data.appId, true),
    AppReinstated: (batch, { data }) => void batch.suspended.set(data.appId, false),
    VersionDrafted: (batch, { data: { appId, version, manifest }, time }) =>
      void batch.drafted.push({ appId, version, manifest: encodeData(manifest).toString(), draftedAt: time }),
    VersionSubmitted: (batch, { data }) => void change(batch, data, 'submitted'),
    VersionApproved: (batch, { data }) => void change(batch, data, 'approved'),
    VersionRejected: (batch, { data }) => rejected(batch, data),
    VersionPublished: (batch, { data, time }) =>
      void Object.assign(change(batch, data, 'published'), {
        publishedAt: time,
        effectiveFrom: Date.parse(data.effectiveFrom),
        subscriptionsFrom: data.subscriptionsFrom === null ? undefined : Date.parse(data.subscriptionsFrom),
      }),
    VersionDeprecated: (batch, { data, time }) =>
      void Object.assign(change(batch, data, 'deprecated'), { deprecatedAt: time }),
    VersionWithdrawn: (batch, { data }) => void change(batch, data, 'withdrawn'),
    AppRefused: 'ignored',
  },
  async flush(sql, { created, suspended, drafted, changes }) {
    if (created.length > 0) await insertApps(sql, created);
    if (suspended.size > 0) {
      await sql.query(
        `update apps set suspended = changed.suspended
         from unnest($1::text[], $2::boolean[]) as changed (app_id, suspended) where apps.app_id = changed.app_id`,
        [[...suspended.keys()], [...suspended.values()]],
      );
    }
    if (drafted.length > 0) await insertVersions(sql, drafted);
    if (changes.size > 0) await changeVersions(sql, [...changes.values()]);
  },
};

function rowOf(data: EventOf<typeof AppCreated>['data'], createdAt: number): AppRow {
  return { ...data, nameSkeleton: skeletonOf(data.name), suspended: false, createdAt };
}

function rejected(batch: Batch, data: Rejected): void {
  const { faults, reasons } = data;
  Object.assign(change(batch, data, 'rejected'), { faults, reasons });
}

function change(
  { changes }: Batch,
  { appId, version }: { readonly appId: string; readonly version: number },
  status: VersionStatus,
): Change {
  const key = `${appId}/${version}`;
  const nothing = {
    ...{ faults: undefined, reasons: undefined, publishedAt: undefined, effectiveFrom: undefined },
    ...{ subscriptionsFrom: undefined, deprecatedAt: undefined },
  };
  const change = changes.get(key) ?? { appId, version, status, ...nothing };
  change.status = status;
  changes.set(key, change);
  return change;
}

async function insertApps(sql: SqlWriter, rows: readonly AppRow[]): Promise<void> {
  await sql.query(
    `insert into apps (app_id, slug, developer_id, name, name_skeleton, created_at, suspended)
     select new.*, false from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[]) as new`,
    [
      rows.map(({ appId }) => appId),
      rows.map(({ slug }) => slug),
      rows.map(({ developerId }) => developerId),
      rows.map(({ name }) => name),
      rows.map(({ nameSkeleton }) => nameSkeleton),
      rows.map(({ createdAt }) => createdAt),
    ],
  );
}

async function insertVersions(sql: SqlWriter, rows: readonly Drafted[]): Promise<void> {
  await sql.query(
    `insert into versions (app_id, version, manifest, drafted_at, status)
     select new.*, 'draft' from unnest($1::text[], $2::int[], $3::json[], $4::bigint[]) as new`,
    [
      rows.map(({ appId }) => appId),
      rows.map(({ version }) => version),
      rows.map(({ manifest }) => manifest),
      rows.map(({ draftedAt }) => draftedAt),
    ],
  );
}

/** Updates versions. Undefined values stay as they are. */
async function changeVersions(sql: SqlWriter, changes: readonly Change[]): Promise<void> {
  await sql.query(
    `update versions set
       status = changed.status,
       faults = coalesce(changed.faults, versions.faults),
       reasons = coalesce(changed.reasons, versions.reasons),
       published_at = coalesce(changed.published_at, versions.published_at),
       effective_from = coalesce(changed.effective_from, versions.effective_from),
       subscriptions_from = coalesce(changed.subscriptions_from, versions.subscriptions_from),
       deprecated_at = coalesce(changed.deprecated_at, versions.deprecated_at)
     from unnest($1::text[], $2::int[], $3::text[], $4::jsonb[], $5::jsonb[], $6::bigint[], $7::bigint[], $8::bigint[],
       $9::bigint[])
       as changed (app_id, version, status, faults, reasons, published_at, effective_from, subscriptions_from,
         deprecated_at)
     where versions.app_id = changed.app_id and versions.version = changed.version`,
    [
      changes.map(({ appId }) => appId),
      changes.map(({ version }) => version),
      changes.map(({ status }) => status),
      changes.map(({ faults }) => jsonOf(faults)),
      changes.map(({ reasons }) => jsonOf(reasons)),
      changes.map(({ publishedAt }) => publishedAt ?? null),
      changes.map(({ effectiveFrom }) => effectiveFrom ?? null),
      changes.map(({ subscriptionsFrom }) => subscriptionsFrom ?? null),
      changes.map(({ deprecatedAt }) => deprecatedAt ?? null),
    ],
  );
}

const jsonOf = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));
