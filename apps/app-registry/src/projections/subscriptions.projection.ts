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
    AppSubscribed: (batch, { data: { subscriptionId, appId, slug, partyId, version, planId, from } }) =>
      void batch.subscribed.push({
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
  async flush(sql, { subscribed, ended }) {
    if (subscribed.length > 0) await insertSubscriptions(sql, subscribed);
    if (ended.size > 0) {
      await sql.query(
        `update subscriptions set ended_at = changed.ended_at
         from unnest($1::text[], $2::bigint[]) as changed (subscription_id, ended_at)
         where subscriptions.subscription_id = changed.subscription_id`,
        [[...ended.keys()], [...ended.values()]],
      );
    }
  },
};

async function insertSubscriptions(sql: SqlWriter, rows: readonly SubscriptionRow[]): Promise<void> {
  await sql.query(
    `insert into subscriptions (subscription_id, app_id, slug, party_id, version, plan_id, subscribed_at)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[], $6::text[], $7::bigint[])`,
    [
      rows.map(({ subscriptionId }) => subscriptionId),
      rows.map(({ appId }) => appId),
      rows.map(({ slug }) => slug),
      rows.map(({ partyId }) => partyId),
      rows.map(({ version }) => version),
      rows.map(({ planId }) => planId),
      rows.map(({ subscribedAt }) => subscribedAt),
    ],
  );
}
