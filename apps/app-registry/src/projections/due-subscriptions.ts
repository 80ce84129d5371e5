import { Injectable } from '@nestjs/common';
import type { Manifest } from '@tokengrid/contracts';
import { acrossLanes } from '@tokengrid/event-store/postgres';
import { subscribedVersion, subscriptionPeriodAt, type VersionedSubscription } from '@tokengrid/rating';
import { DataSource } from 'typeorm';
import { feesOf, type FeeTerms } from '../decisions/rules/fees.ts';
import type { SubscriptionRow } from './subscriptions.table.ts';

/** A subscription of which something is due. */
export interface DueSubscription {
  readonly subscriptionId: string;
  readonly appId: string;
  readonly partyId: string;
  /** Epoch milliseconds. */
  readonly graceUntil: number | null;
  /** The fee that is due; undefined if none is. */
  readonly fee: FeeDue | undefined;
}

/** A fee that is due from a time on, and its terms. */
interface FeeDue {
  readonly from: number;
  readonly terms: FeeTerms;
}

/** The subscription whose fee a use is. */
export interface FeeOf {
  readonly usageId: string;
  readonly subscriptionId: string;
  readonly appId: string;
  readonly partyId: string;
  /** True while the subscription has refused fees. */
  readonly isOverdue: boolean;
}

interface DueRow extends Omit<DueSubscription, 'fee'> {
  readonly nextFeeAt: number;
  readonly planId: string;
  readonly version: number;
  readonly from: number;
  readonly versions: readonly VersionJson[];
}

interface VersionJson {
  readonly version: number;
  readonly effectiveFrom: number;
  readonly subscriptionsFrom: number | null;
  readonly deprecatedAt: number | null;
  readonly plans: readonly { readonly id: string; readonly monthlyFee?: string; readonly seatFee?: string }[];
  readonly revenueShare: Manifest['revenueShare'];
}

/** Finds subscriptions whose fees are due, and those whose fees were refused. */
@Injectable()
export class DueSubscriptions {
  constructor(private readonly source: DataSource) {}

  /**
   * Running subscriptions of which a fee, or the end of the time of grace, is due; by id.
   * @param now epoch milliseconds
   */
  async dueAt(now: number, after: string, most: number): Promise<DueSubscription[]> {
    const rows: DueRow[] = await this.source.query(selectDue, [now, after, most]);
    return rows.map(({ planId, version, from, versions, nextFeeAt, ...due }) => ({
      ...due,
      fee: firstFee(versions, { planId, version, from }, nextFeeAt, now),
    }));
  }

  /**
   * Terms by which a subscription with seats is charged at a time; undefined if its plan has none.
   */
  async seatTermsOf({ appId, planId, version, subscribedAt: from }: SubscriptionRow, at: number) {
    const [row] = await this.source.query<Pick<DueRow, 'versions'>[]>(
      `${acrossLanes} select published.versions from ${publishedOf('$1')}`,
      [appId],
    );
    const found = termsAt(row?.versions ?? [], { planId, version, from }, at);
    return found?.hasSeats ? found.terms : undefined;
  }

  /** Subscriptions whose fees are among these uses. */
  feesOf(usageIds: readonly string[]): Promise<FeeOf[]> {
    return this.source.query<FeeOf[]>(
      `${acrossLanes} select fee.usage_id as "usageId", fee.subscription_id as "subscriptionId",
         fee.app_id as "appId", fee.party_id as "partyId", grace_until is not null as "isOverdue"
       from subscription_fees fee join subscriptions using (lane, subscription_id)
       where fee.usage_id = any($1::text[])`,
      [usageIds],
    );
  }
}

/**
 * The first fee from a time on, by now: a plan may have none in some months, before or after a
 * version that has one.
 */
function firstFee(
  versions: readonly VersionJson[],
  subscription: VersionedSubscription,
  from: number,
  now: number,
): FeeDue | undefined {
  for (let at = from; at <= now; at = subscriptionPeriodAt({ from: subscription.from, until: null }, at).until) {
    const terms = termsAt(versions, subscription, at)?.terms;
    if (terms) return { from: at, terms };
  }
  return undefined;
}

function termsAt(versions: readonly VersionJson[], subscription: VersionedSubscription, at: number) {
  const published = versions.map(({ deprecatedAt, ...each }) => ({ ...each, deprecatedAt: deprecatedAt ?? undefined }));
  const applied = subscribedVersion(published, subscription, at);
  const plan = applied?.plans.find(({ id }) => id === subscription.planId);
  if (!applied || !plan) return undefined;
  const fees = feesOf({ monthlyFee: amountOf(plan.monthlyFee), seatFee: amountOf(plan.seatFee) });
  const { operatorBps } = applied.revenueShare;
  const terms: FeeTerms | undefined = fees && { version: applied.version, operatorBps, ...fees };
  return { terms, hasSeats: plan.seatFee !== undefined };
}

const amountOf = (text: string | undefined) => (text === undefined ? undefined : BigInt(text));

/** Versions of an app that are or were in force, as one array. */
const publishedOf = (appId: string) => `lateral (
    select jsonb_agg(jsonb_build_object('version', version, 'effectiveFrom', effective_from,
      'subscriptionsFrom', subscriptions_from, 'deprecatedAt', deprecated_at, 'plans', manifest -> 'plans',
      'revenueShare', manifest -> 'revenueShare')) as versions
    from versions where versions.app_id = ${appId} and status in ('published', 'deprecated')) published`;

/** Only plans with a fee have ones to renew: the versions that had or have one are looked at. */
const selectDue = `
  ${acrossLanes} select subscription_id as "subscriptionId", app_id as "appId", party_id as "partyId",
    next_fee_at::float8 as "nextFeeAt", grace_until::float8 as "graceUntil", plan_id as "planId", version,
    subscribed_at::float8 as "from", published.versions
  from subscriptions cross join ${publishedOf('subscriptions.app_id')}
  where (ended_at is null or ended_at > $1) and least(next_fee_at, grace_until) <= $1 and subscription_id > $2
    and jsonb_path_exists(published.versions,
      '$[*].plans[*] ? (@.id == $plan && (exists (@.monthlyFee) || exists (@.seatFee)))',
      jsonb_build_object('plan', plan_id))
  order by subscription_id limit $3`;
