import type { EventsOf, subscriptionEvents } from '@tokengrid/contracts';
import type { Projection, SqlWriter } from '@tokengrid/event-store';
import type { SubscriptionRow } from './subscriptions.table.ts';

interface Batch {
  readonly subscribed: SubscriptionRow[];
  /** End times in epoch milliseconds, by subscription. */
  readonly ended: Map<string, number>;
}

/** All subscriptions, ended ones included. */
export const subscriptions: Projection<EventsOf<typeof subscriptionEvents>, Batch> = {
  name: 'subscriptions',
  tables: ['subscriptions'],
  begin: () => ({ subscribed: [], ended: new Map() }),
  on: {
    AppSubscribed: (batch, { data: { subscriptionId, appId, slug, partyId, version, planId, from }, lane }) =>
      void batch.subscribed.push({
        lane,
        subscriptionId,
        appId,
        slug,
        partyId,
        version,
        planId,
        subscribedAt: Date.parse(from),
        endedAt: null,
      }),
    AppUnsubscribed: (batch, { data }) => void batch.ended.set(data.subscriptionId, Date.parse(data.until)),
    SubscriptionRefused: 'ignored',
  },
  async flush(sql, { subscribed, ended }, lane) {
    if (subscribed.length > 0) await insertSubscriptions(sql, lane, subscribed);
    if (ended.size > 0) {
      await sql.query(
        `update subscriptions set ended_at = changed.ended_at
         from unnest($2::text[], $3::bigint[]) as changed (subscription_id, ended_at)
         where subscriptions.lane = $1 and subscriptions.subscription_id = changed.subscription_id`,
        [lane, [...ended.keys()], [...ended.values()]],
      );
    }
  },
};

async function insertSubscriptions(sql: SqlWriter, lane: number, rows: readonly SubscriptionRow[]): Promise<void> {
  await sql.query(
    `insert into subscriptions (lane, subscription_id, app_id, slug, party_id, version, plan_id, subscribed_at)
     select $8::int, new.*
     from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[], $6::text[], $7::bigint[]) new`,
    [
      rows.map(({ subscriptionId }) => subscriptionId),
      rows.map(({ appId }) => appId),
      rows.map(({ slug }) => slug),
      rows.map(({ partyId }) => partyId),
      rows.map(({ version }) => version),
      rows.map(({ planId }) => planId),
      rows.map(({ subscribedAt }) => subscribedAt),
      lane,
    ],
  );
}
