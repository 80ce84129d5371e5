import { type AppRegistryEvent, instantOf, SubscriptionRenewed } from '@tokengrid/contracts';
import { prorated, subscriptionPeriodAt } from '@tokengrid/rating';
import type { ActiveSubscription, DueFee } from '../state/subscription.ts';

/** Terms of the version by which a subscription is charged. */
export interface FeeTerms {
  readonly version: number;
  readonly monthlyFee: bigint;
  readonly operatorBps: number;
}

/** Time from which the next fee is due: after the trial, then after the last one. Epoch ms. */
export const nextFeeAt = ({ trialUntil, lastFee }: Pick<ActiveSubscription, 'trialUntil' | 'lastFee'>): number =>
  lastFee?.until ?? trialUntil;

type Charged = Omit<ActiveSubscription, 'status' | 'scopes' | 'dataUse'>;

/**
 * The fee from a time to the end of the subscription's month, as its part of the month.
 * @param credit what was paid and not used up of a plan before
 */
export function feeDue(
  { subscriptionId, appId, slug, partyId, developerId, planId, from: start, endsAt }: Charged,
  from: number,
  { version, monthlyFee, operatorBps }: FeeTerms,
  credit = 0n,
): AppRegistryEvent & { readonly type: 'SubscriptionRenewed' } {
  const { until, monthFrom, monthUntil } = subscriptionPeriodAt({ from: start, until: endsAt ?? null }, from);
  const part = prorated(monthlyFee, until - from, monthUntil - monthFrom);
  return SubscriptionRenewed({
    ...{ subscriptionId, appId, slug, partyId, developerId, version, planId, operatorBps },
    ...{ from: instantOf(from), until: instantOf(until), fee: part > credit ? part - credit : 0n },
  });
}

/** What is not used up of a fee at a time. */
export function unusedOf(lastFee: DueFee | undefined, time: number): bigint {
  if (!lastFee || lastFee.until <= time) return 0n;
  const { fee, from, until } = lastFee;
  return prorated(fee, until - Math.max(time, from), until - from);
}
