import { feeUsageId, type EventsOf, type subscriptionEvents } from '@tokengrid/contracts';
import type { Projection, SqlWriter } from '@tokengrid/event-store';
import type { Consent, SubscriptionRow } from './subscriptions.table.ts';

/** Changes of a subscription; undefined fields stay. */
interface Change {
  endedAt?: number;
  consent?: Consent;
  nextFeeAt?: number;
  seats?: number;
  credit?: bigint;
  /** Null: paid. */
  graceUntil?: number | null;
}

/** Use by which a fee is charged. */
type Fee = Pick<SubscriptionRow, 'subscriptionId' | 'appId' | 'partyId'> & { readonly usageId: string };

interface Batch {
  readonly subscribed: SubscriptionRow[];
  readonly fees: Fee[];
  /** By subscription. */
  readonly changes: Map<string, Change>;
}

/** All subscriptions, ended ones included, and the uses by which their fees are charged. */
export const subscriptions: Projection<EventsOf<typeof subscriptionEvents>, Batch> = {
  name: 'subscriptions',
  tables: ['subscriptions', 'subscription_fees'],
  begin: () => ({ subscribed: [], fees: [], changes: new Map() }),
  on: {
    AppSubscribed: (batch, { data, lane }) => {
      const { subscriptionId, appId, slug, partyId, version, planId, from, trialUntil, consent, seats, credit } = data;
      batch.subscribed.push({
        ...{ lane, subscriptionId, appId, slug, partyId, version, planId },
        subscribedAt: Date.parse(from),
        endedAt: null,
        consent: consent ?? { scopes: [], dataUse: [] },
        nextFeeAt: Date.parse(trialUntil ?? from),
        graceUntil: null,
        seats: seats ?? null,
        credit: credit ?? 0n,
      });
    },
    SubscriptionRenewed: (batch, { data }) => {
      const { subscriptionId, until, credit } = data;
      due(batch, data);
      change(batch, subscriptionId, { nextFeeAt: Date.parse(until), credit });
    },
    SeatsSet: (batch, { data }) => {
      const { subscriptionId, seats, credit } = data;
      due(batch, data);
      change(batch, subscriptionId, { seats, credit });
    },
    SubscriptionUnpaid: (batch, { data: { subscriptionId, graceUntil } }) =>
      change(batch, subscriptionId, { graceUntil: Date.parse(graceUntil) }),
    SubscriptionPaid: (batch, { data: { subscriptionId, unpaid } }) =>
      unpaid === undefined ? change(batch, subscriptionId, { graceUntil: null }) : undefined,
    ConsentSet: (batch, { data: { subscriptionId, scopes, dataUse } }) =>
      change(batch, subscriptionId, { consent: { scopes, dataUse } }),
    AppUnsubscribed: (batch, { data: { subscriptionId, until } }) =>
      change(batch, subscriptionId, { endedAt: Date.parse(until) }),
    SubscriptionRefused: 'ignored',
  },
  async flush(sql, { subscribed, fees, changes }, lane) {
    if (subscribed.length > 0) await insertSubscriptions(sql, lane, subscribed);
    if (fees.length > 0) await insertFees(sql, lane, fees);
    if (changes.size > 0) await changeSubscriptions(sql, lane, changes);
  },
};

function due({ fees }: Batch, { subscriptionId, appId, partyId, from, fee }: DueFee): void {
  if (fee > 0n) fees.push({ usageId: feeUsageId(subscriptionId, from), subscriptionId, appId, partyId });
}

type DueFee = Omit<Fee, 'usageId'> & { readonly from: string; readonly fee: bigint };

function change({ changes }: Batch, subscriptionId: string, to: Change): void {
  changes.set(subscriptionId, { ...changes.get(subscriptionId), ...to });
}

async function insertSubscriptions(sql: SqlWriter, lane: number, rows: readonly SubscriptionRow[]): Promise<void> {
  await sql.query(
    `insert into subscriptions (lane, subscription_id, app_id, slug, party_id, version, plan_id, subscribed_at,
       consent, next_fee_at, seats, credit)
     select $12::int, new.*
     from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[], $6::text[], $7::bigint[], $8::jsonb[],
       $9::bigint[], $10::int[], $11::numeric[]) new`,
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
      rows.map(({ seats }) => seats),
      rows.map(({ credit }) => String(credit)),
      lane,
    ],
  );
}

async function insertFees(sql: SqlWriter, lane: number, fees: readonly Fee[]): Promise<void> {
  await sql.query(
    `insert into subscription_fees (lane, usage_id, subscription_id, app_id, party_id)
     select $5::int, new.* from unnest($1::text[], $2::text[], $3::text[], $4::text[]) new`,
    [
      fees.map(({ usageId }) => usageId),
      fees.map(({ subscriptionId }) => subscriptionId),
      fees.map(({ appId }) => appId),
      fees.map(({ partyId }) => partyId),
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
       seats = coalesce(changed.seats, subscriptions.seats),
       credit = coalesce(changed.credit, subscriptions.credit),
       grace_until = case when changed.is_paid then null else coalesce(changed.grace_until, subscriptions.grace_until)
         end
     from unnest($2::text[], $3::bigint[], $4::jsonb[], $5::bigint[], $6::int[], $7::numeric[],
       $8::bigint[], $9::boolean[])
       as changed (subscription_id, ended_at, consent, next_fee_at, seats, credit, grace_until, is_paid)
     where subscriptions.lane = $1 and subscriptions.subscription_id = changed.subscription_id`,
    [
      lane,
      [...changes.keys()],
      all.map(({ endedAt }) => endedAt ?? null),
      all.map(({ consent }) => (consent ? JSON.stringify(consent) : null)),
      all.map(({ nextFeeAt }) => nextFeeAt ?? null),
      all.map(({ seats }) => seats ?? null),
      all.map(({ credit }) => (credit === undefined ? null : String(credit))),
      all.map(({ graceUntil }) => graceUntil ?? null),
      all.map(({ graceUntil }) => graceUntil === null),
    ],
  );
}
