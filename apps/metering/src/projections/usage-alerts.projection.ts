import type { EventOf, EventsOf, usageAlertEvents, UsageAlertRaised, UsageAlertSet } from '@tokengrid/contracts';
import type { Projection, SqlWriter } from '@tokengrid/event-store';
import { sharedWalletOf, subjectOf } from '../usage-alerts/subjects.ts';

interface Setting {
  readonly sequence: number;
  readonly data: EventOf<typeof UsageAlertSet>['data'];
}

interface Raised {
  readonly sequence: number;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly data: EventOf<typeof UsageAlertRaised>['data'];
}

interface Batch {
  /** Last state of each alert, by owner and name. */
  readonly alerts: Map<string, Setting | { readonly removed: readonly [partyId: string, name: string] }>;
  readonly raised: Raised[];
}

const keyOf = ({ partyId, name }: { readonly partyId: string; readonly name: string }) => `${partyId} ${name}`;

/** Alerts on usage that are set, and those that were raised. */
export const usageAlerts: Projection<EventsOf<typeof usageAlertEvents>, Batch> = {
  name: 'usage-alerts',
  tables: ['usage_alerts', 'raised_usage_alerts'],
  streamsApart: true,
  begin: () => ({ alerts: new Map(), raised: [] }),
  on: {
    UsageAlertSet: ({ alerts }, { sequence, data }) => {
      const before = alerts.get(keyOf(data));
      // The same terms once more keep the version, and the event that set it.
      if (before && 'data' in before && before.data.version === data.version) return;
      alerts.set(keyOf(data), { sequence, data });
    },
    UsageAlertRemoved: ({ alerts }, { data }) => void alerts.set(keyOf(data), { removed: [data.partyId, data.name] }),
    UsageAlertRaised: ({ raised }, { sequence, time, data }) => void raised.push({ sequence, time, data }),
    UsageAlertRefused: 'ignored',
  },
  async flush(sql, { alerts, raised }, lane) {
    const last = [...alerts.values()];
    const set = last.filter((each) => 'data' in each);
    const removed = last.flatMap((each) => ('removed' in each ? [each.removed] : []));
    if (removed.length > 0) {
      const owners = removed.map(([partyId]) => partyId);
      await sql.query(deleteAlerts, [lane, owners, removed.map(([, name]) => name)]);
    }
    if (set.length > 0) await upsertAlerts(sql, lane, set);
    if (raised.length > 0) await insertRaised(sql, lane, raised);
  },
};

async function upsertAlerts(sql: SqlWriter, lane: number, set: readonly Setting[]): Promise<void> {
  const subjects = set.map(({ data }) => subjectOf(data));
  await sql.query(upsert, [
    lane,
    set.map(({ data }) => data.partyId),
    set.map(({ data }) => data.name),
    set.map(({ data }) => data.version),
    set.map(({ sequence }) => sequence),
    subjects.map(({ kind }) => kind),
    subjects.map(({ value }) => value),
    set.map(({ data }) => data.app ?? null),
    set.map(({ data }) => data.model ?? null),
    set.map(({ data }) => data.offer ?? null),
    set.map(({ data }) => data.key ?? null),
    set.map(({ data }) => sharedWalletOf(data)),
    set.map(({ data }) => Date.parse(data.since)),
    set.map(({ data: { partyId: _, name: __, version: ___, by: ____, since: _____, ...terms } }) =>
      JSON.stringify(terms),
    ),
  ]);
}

async function insertRaised(sql: SqlWriter, lane: number, raised: readonly Raised[]): Promise<void> {
  await sql.query(insert, [
    lane,
    raised.map(({ sequence }) => sequence),
    raised.map(({ data }) => data.partyId),
    raised.map(({ data }) => data.name),
    raised.map(({ data }) => data.version),
    raised.map(({ data }) => Date.parse(data.from)),
    raised.map(({ data }) => data.threshold?.percent ?? 0),
    raised.map(({ time }) => time),
    raised.map(({ data }) => JSON.stringify(data)),
  ]);
}

const alertColumns =
  'owner_id, name, version, sequence, subject_kind, subject, app, model, offer_id, key_id, member_of, since, terms';

const upsert = `
  insert into usage_alerts (lane, ${alertColumns})
  select $1::int, owner_id, name, version, sequence, subject_kind, subject, app, model, offer_id, key_id, member_of,
    since, terms::jsonb
  from unnest(
    $2::text[], $3::text[], $4::int[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
    $11::text[], $12::text[], $13::bigint[], $14::text[]
  ) set_now (${alertColumns})
  on conflict (lane, owner_id, name) do update set version = excluded.version, sequence = excluded.sequence,
    subject_kind = excluded.subject_kind, subject = excluded.subject, app = excluded.app, model = excluded.model,
    offer_id = excluded.offer_id, key_id = excluded.key_id, member_of = excluded.member_of, since = excluded.since, terms = excluded.terms
  where usage_alerts.version <> excluded.version`;

const deleteAlerts = `
  delete from usage_alerts where lane = $1 and (owner_id, name) in (select * from unnest($2::text[], $3::text[]))`;

const raisedColumns = 'sequence, owner_id, name, version, starts_at, step, raised_at, raised';

const insert = `
  insert into raised_usage_alerts (lane, ${raisedColumns})
  select $1::int, sequence, owner_id, name, version, starts_at, step, raised_at, raised::jsonb
  from unnest(
    $2::bigint[], $3::text[], $4::text[], $5::int[], $6::bigint[], $7::int[], $8::bigint[], $9::text[]
  ) raised_now (${raisedColumns})`;
