import type { ExhaustionPolicy } from '../state/exhaustion-policy.ts';
import type { MarketPolicy, Permission } from '../state/market-policies.ts';
import type { MonthlyTotals } from '../state/monthly-totals.ts';
import { monthlyTotalsOf } from '../state/monthly-totals.ts';

type MarketLimit = 'sending-monthly' | 'selling-monthly' | 'bill-monthly' | 'provider-monthly' | 'exhaustion-monthly';

/** The refusal by a monthly limit. Amounts are in µAIT, for the bill in minor units. */
export interface MonthlyLimitExceeded {
  readonly code: 'WALLET.LIMIT_EXCEEDED';
  readonly limit: MarketLimit;
  /** Amount left under the month's limit. */
  readonly available: bigint;
  readonly required: bigint;
}

interface Totalled {
  readonly monthlyTotals: MonthlyTotals;
  readonly billLimit: bigint | null;
}

interface Exhausting {
  readonly exhaustion: ExhaustionPolicy;
}

/** The refusal of sending an amount in µAIT by the operator's policy, if any. */
export function sendingRefusal(wallet: Totalled, tokens: bigint, day: string, { sending }: MarketPolicy) {
  if (!sending.allowed) return { code: 'WALLET.SENDING_OFF' } as const;
  return beyond('sending-monthly', sending.monthlyCap, monthlyTotalsOf(wallet, day).sent, tokens);
}

/** The refusal of selling an amount in µAIT back by the operator's policy, if any. */
export function sellingRefusal(wallet: Totalled, tokens: bigint, day: string, { selling }: MarketPolicy) {
  if (!selling.allowed) return { code: 'WALLET.SELLING_OFF' } as const;
  return beyond('selling-monthly', selling.monthlyCap, monthlyTotalsOf(wallet, day).sold, tokens);
}

/** The refusal of billing an amount in minor units, if any. */
export const billRefusal = (wallet: Totalled, amount: bigint, day: string, policy: MarketPolicy) =>
  beyond('bill-monthly', billLimitOf(wallet, policy), monthlyTotalsOf(wallet, day).billed, amount);

/** The refusal of a purchase through the payment provider by its amount in minor units, if any. */
export const providerRefusal = (wallet: Totalled, amount: bigint, day: string, { providerMonthly }: MarketPolicy) =>
  beyond('provider-monthly', providerMonthly, monthlyTotalsOf(wallet, day).provider, amount);

/**
 * The refusal of a top-up by the monthly cap of the wallet's own policy, if any; in minor units.
 */
export const exhaustionRefusal = (wallet: Totalled & Exhausting, amount: bigint, day: string) =>
  beyond(
    'exhaustion-monthly',
    wallet.exhaustion.monthlyCap ?? undefined,
    monthlyTotalsOf(wallet, day).automatic,
    amount,
  );

/**
 * Monthly limit of the carrier's bill in minor units, the wallet's own before the general one;
 * undefined: no limit.
 */
export const billLimitOf = ({ billLimit }: Totalled, { billMonthlyLimit }: MarketPolicy): bigint | undefined =>
  billLimit ?? billMonthlyLimit;

function beyond(
  limit: MarketLimit,
  cap: Permission['monthlyCap'],
  done: bigint,
  required: bigint,
): MonthlyLimitExceeded | undefined {
  if (cap === undefined || done + required <= cap) return undefined;
  const available = done < cap ? cap - done : 0n;
  return { code: 'WALLET.LIMIT_EXCEEDED', limit, available, required };
}
