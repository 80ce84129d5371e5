import type { ExhaustionPolicy } from '../state/exhaustion-policy.ts';
import type { MarketPolicy, Permission } from '../state/market-policies.ts';
import type { MonthlyTotals } from '../state/monthly-totals.ts';
import { monthlyTotalsOf } from '../state/monthly-totals.ts';

type MarketLimit = 'sending-monthly' | 'selling-monthly' | 'bill-monthly' | 'provider-monthly' | 'exhaustion-monthly';

/** Why no more is allowed this month. Amounts are µAIT, those of the bill minor units. */
export interface MonthlyLimitExceeded {
  readonly code: 'WALLET.LIMIT_EXCEEDED';
  readonly limit: MarketLimit;
  /** What is left of the month's limit. */
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

/** Whether the operator lets a party send so many more µAIT on a day; if not, why. */
export function sendingRefusal(wallet: Totalled, tokens: bigint, day: string, { sending }: MarketPolicy) {
  if (!sending.allowed) return { code: 'WALLET.SENDING_OFF' } as const;
  return beyond('sending-monthly', sending.monthlyCap, monthlyTotalsOf(wallet, day).sent, tokens);
}

/** Whether the operator buys so many more µAIT back from a party on a day; if not, why. */
export function sellingRefusal(wallet: Totalled, tokens: bigint, day: string, { selling }: MarketPolicy) {
  if (!selling.allowed) return { code: 'WALLET.SELLING_OFF' } as const;
  return beyond('selling-monthly', selling.monthlyCap, monthlyTotalsOf(wallet, day).sold, tokens);
}

/** Whether the carrier may bill a party so many more minor units on a day; if not, why. */
export const billRefusal = (wallet: Totalled, amount: bigint, day: string, policy: MarketPolicy) =>
  beyond('bill-monthly', billLimitOf(wallet, policy), monthlyTotalsOf(wallet, day).billed, amount);

/**
 * Whether a party may buy for so many more minor units through the payment provider on a day; if
 * not, why.
 */
export const providerRefusal = (wallet: Totalled, amount: bigint, day: string, { providerMonthly }: MarketPolicy) =>
  beyond('provider-monthly', providerMonthly, monthlyTotalsOf(wallet, day).provider, amount);

/**
 * Whether a wallet's own policy lets so many more minor units be spent on a day because its tokens
 * ran out; if not, why.
 */
export const exhaustionRefusal = (wallet: Totalled & Exhausting, amount: bigint, day: string) =>
  beyond(
    'exhaustion-monthly',
    wallet.exhaustion.monthlyCap ?? undefined,
    monthlyTotalsOf(wallet, day).automatic,
    amount,
  );

/**
 * Minor units that the carrier may bill a party per month: the wallet's own limit, else what holds
 * for all; undefined: no limit.
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
