import { type AppRegistryEvent, instantOf, SubscriptionRenewed } from '@tokengrid/contracts';
import { feeOf, type Fees, feeTimeOf, feeTimeUntil, subscriptionPeriodAt } from '@tokengrid/rating';
import type { ActiveSubscription, DueFee } from '../state/subscription.ts';

/** Terms of the version by which a subscription is charged. */
export interface FeeTerms extends Fees {
  readonly version: number;
  readonly operatorBps: number;
}

/** Fees of a plan, as its manifest has them. */
export interface PlanFees {
  readonly monthlyFee?: bigint | undefined;
  /** Absent: the plan has no seats. */
  readonly seatFee?: bigint | undefined;
}

/** What a plan takes each month; undefined for one without fees. */
export function feesOf({ monthlyFee, seatFee }: PlanFees): Fees | undefined {
  if (monthlyFee === undefined && seatFee === undefined) return undefined;
  return { monthlyFee: monthlyFee ?? 0n, seatFee: seatFee ?? 0n };
}

/** Time from which the next fee is due: after the trial, then after the last one. Epoch ms. */
export const nextFeeAt = ({ trialUntil, lastFee }: Pick<ActiveSubscription, 'trialUntil' | 'lastFee'>): number =>
  lastFee?.time.until ?? trialUntil;

type Charged = Omit<ActiveSubscription, 'status' | 'scopes' | 'dataUse'>;

/**
 * The fee from a time to the end of the subscription's month, as its part of the month, less the
 * credit.
 */
export function feeDue(
  { subscriptionId, appId, slug, partyId, developerId, planId, from: start, endsAt, seats, credit, key }: Charged,
  from: number,
  { version, operatorBps, monthlyFee, seatFee }: FeeTerms,
): AppRegistryEvent & { readonly type: 'SubscriptionRenewed' } {
  const month = subscriptionPeriodAt({ from: start, until: endsAt ?? null }, from);
  const fee = feeOf({ monthlyFee, seatFee }, feeTimeOf(month, from, seats));
  return SubscriptionRenewed({
    ...{ subscriptionId, appId, slug, partyId, developerId, version, planId, operatorBps },
    ...{ from: instantOf(from), until: instantOf(month.until), monthlyFee, seatFee, seats },
    ...lessCredit(fee, credit),
    ...(key !== undefined && { key }),
  });
}

/** What is left of a fee to pay, and of the credit. */
export function lessCredit(fee: bigint, credit: bigint): { readonly fee: bigint; readonly credit: bigint } {
  return fee > credit ? { fee: fee - credit, credit: 0n } : { fee: 0n, credit: credit - fee };
}

/** What is not used up of a fee at a time. */
export function unusedOf(lastFee: DueFee | undefined, time: number): bigint {
  if (!lastFee || lastFee.time.until <= time) return 0n;
  const { fees, time: whole, since } = lastFee;
  return feeOf(fees, whole) - feeOf(fees, feeTimeUntil(whole, Math.max(time, since)));
}
