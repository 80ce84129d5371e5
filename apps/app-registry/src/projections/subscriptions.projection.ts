import { feeUsageId, type EventsOf, type subscriptionEvents } from '@tokengrid/contracts';
import type { Projection, SqlWriter } from '@tokengrid/event-store';
import type { Consent, SubscriptionRow } from './subscriptions.table.ts';

/** Changes of a subscription; undefined fields stay. */
interface Change {
  endedAt?: number;
  consent?: Consent;
  nextFeeAt?: number;
  feeUsageId?: string;
  /** Null: paid. */
  graceUntil?: number | null;
}

interface Batch {
  readonly subscribed: SubscriptionRow[];
  /** By subscription. */
  readonly changes: Map<string, Change>;
}

/** All subscriptions, ended ones included. */
export const subscriptions: Projection<EventsOf<typeof subscriptionEvents>, Batch> = {
  name: 'subscriptions',
  tables: ['subscriptions'],
  begin: () => ({ subscribed: [], changes: new Map() }),
  on: {
    AppSubscribed: (batch, { data, lane }) => {
      const { subscriptionId, appId, slug, partyId, version, planId, from, trialUntil, consent } = data;
      batch.subscribed.push({
        ...{ lane, subscriptionId, appId, slug, partyId, version, planId },
        subscribedAt: Date.parse(from),
        endedAt: null,
        consent: consent ?? { scopes: [], dataUse: [] },
        nextFeeAt: Date.parse(trialUntil ?? from),
        feeUsageId: null,
        graceUntil: null,
      });
    },
    SubscriptionRenewed: (batch, { data: { subscriptionId, from, until } }) =>
      change(batch, subscriptionId, {
        nextFeeAt: Date.parse(until),
        feeUsageId: feeUsageId(subscriptionId, from),
      }),
    SubscriptionUnpaid: (batch, { data: { subscriptionId, graceUntil } }) =>
      change(batch, subscriptionId, { graceUntil: Date.parse(graceUntil) }),
    SubscriptionPaid: (batch, { data: { subscriptionId } }) => change(batch, subscriptionId, { graceUntil: null }),
    ConsentSet: (batch, { data: { subscriptionId, scopes, dataUse } }) =>
      change(batch, subscriptionId, { consent: { scopes, dataUse } }),
    AppUnsubscribed: (batch, { data: { subscriptionId, until } }) =>
      change(batch, subscriptionId, { endedAt: Date.parse(until) }),
    SubscriptionRefused: 'ignored',
  },
  async flush(sql, { subscribed, changes }, lane) {
    if (subscribed.length > 0) await insertSubscriptions(sql, lane, subscribed);
    if (changes.size > 0) await changeSubscriptions(sql, lane, changes);
  },
};

function change({ changes }: Batch, subscriptionId: string, to: Change): void {
  changes.set(subscriptionId, { ...changes.get(subscriptionId), ...to });
}

async function insertSubscriptions(sql: SqlWriter, lane: number, rows: readonly SubscriptionRow[]): Promise<void> {
  await sql.query(
    `insert into subscriptions (lane, subscription_id, app_id, slug, party_id, version, plan_id, subscribed_at,
       consent, next_fee_at)
     select $10::int, new.*
     from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[], $6::text[], $7::bigint[], $8::jsonb[],
       $9::bigint[]) new`,
    [
      rows.map(({ subscriptionId }) => subscriptionId),
      rows.map(({ appId }) => appId),
      rows.map(({ slug }) => slug),
      rows.map(({ partyId }) => partyId),
      rows.map(({ version }) => version),
      rows.map(({ planId }) => planId),
      rows.map(({ subscribedAt }) => subscribedAt),
      rows.map(({ consent }) => JSON.stringify(consent)),
      rows.map(({ nextFeeAt }) => nextFeeAt),
      lane,
    ],
  );
}

async function changeSubscriptions(sql: SqlWriter, lane: number, changes: Batch['changes']): Promise<void> {
  const all = [...changes.values()];
  await sql.query(
    `update subscriptions set
       ended_at = coalesce(changed.ended_at, subscriptions.ended_at),
       consent = coalesce(changed.consent, subscriptions.consent),
       next_fee_at = coalesce(changed.next_fee_at, subscriptions.next_fee_at),
       fee_usage_id = coalesce(changed.fee_usage_id, subscriptions.fee_usage_id),
       grace_until = case when changed.is_paid then null else coalesce(changed.grace_until, subscriptions.grace_until)
         end
     from unnest($2::text[], $3::bigint[], $4::jsonb[], $5::bigint[], $6::text[], $7::bigint[], $8::boolean[])
       as changed (subscription_id, ended_at, consent, next_fee_at, fee_usage_id, grace_until, is_paid)
     where subscriptions.lane = $1 and subscriptions.subscription_id = changed.subscription_id`,
    [
      lane,
      [...changes.keys()],
      all.map(({ endedAt }) => endedAt ?? null),
      all.map(({ consent }) => (consent ? JSON.stringify(consent) : null)),
      all.map(({ nextFeeAt }) => nextFeeAt ?? null),
      all.map(({ feeUsageId: usageId }) => usageId ?? null),
      all.map(({ graceUntil }) => graceUntil ?? null),
      all.map(({ graceUntil }) => graceUntil === null),
    ],
  );
}
