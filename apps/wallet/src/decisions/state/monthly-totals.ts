import { monthOf } from '@tokengrid/kernel';

/**
 * What a wallet did in a calendar month of the operator's that the operator may limit: the last
 * month in which it did any of it.
 */
export interface MonthlyTotals {
  /** `YYYY-MM`; empty before the first time. */
  readonly month: string;
  /** Minor units billed by the carrier. A later sale does not take anything off. */
  readonly billed: bigint;
  /** Minor units of those, that were billed because tokens had run out. */
  readonly automatic: bigint;
  /**
   * Minor units that were to be paid through the payment provider: paid, or still waited for. What
   * was never paid does not count.
   */
  readonly provider: bigint;
  /** µAIT sent to others, less what came back. */
  readonly sent: bigint;
  /** µAIT sold back to the operator. */
  readonly sold: bigint;
}

interface Totalled {
  readonly monthlyTotals: MonthlyTotals;
}

export const noMonthlyTotals: MonthlyTotals = {
  month: '',
  billed: 0n,
  automatic: 0n,
  provider: 0n,
  sent: 0n,
  sold: 0n,
};

/**
 * What was done in the month of a day; an earlier one than the last, as after a change of the
 * operator's zone, is counted as that.
 */
export function monthlyTotalsOf({ monthlyTotals: totals }: Totalled, day: string): MonthlyTotals {
  const month = monthOf(day);
  return month <= totals.month ? totals : { ...noMonthlyTotals, month };
}

/** What was done, less what came back of a day's sendings; nothing of a month that is over. */
export function withLessSent(last: MonthlyTotals, tokens: bigint, day: string): MonthlyTotals {
  const totals = monthlyTotalsOf({ monthlyTotals: last }, day);
  return totals.month === monthOf(day) ? { ...totals, sent: totals.sent - tokens } : totals;
}

interface Bought {
  readonly method: string;
  readonly price: { readonly amount: bigint };
  readonly automatic?: true | undefined;
  readonly day: string;
}

/**
 * A wallet after it bought: what is on the carrier's bill counts, or what the payment provider
 * took.
 * @param counted whether it counted already, when it began to wait for its payment
 */
export function afterPurchase<W extends Totalled>(
  wallet: W,
  { method, price, automatic, day }: Bought,
  counted: boolean,
): W {
  if (counted) return wallet;
  const totals = monthlyTotalsOf(wallet, day);
  const provider = totals.provider + price.amount;
  if (method !== 'carrier-bill') return { ...wallet, monthlyTotals: { ...totals, provider } };
  const bill = { billed: totals.billed + price.amount, automatic: totals.automatic + (automatic ? price.amount : 0n) };
  return { ...wallet, monthlyTotals: { ...totals, ...bill } };
}

interface Moved {
  readonly tokens: bigint;
  readonly day: string;
}

export function afterSending<W extends Totalled>(wallet: W, { tokens, day }: Moved): W {
  const totals = monthlyTotalsOf(wallet, day);
  return { ...wallet, monthlyTotals: { ...totals, sent: totals.sent + tokens } };
}

export function afterSale<W extends Totalled>(wallet: W, { tokens, day }: Moved): W {
  const totals = monthlyTotalsOf(wallet, day);
  return { ...wallet, monthlyTotals: { ...totals, sold: totals.sold + tokens } };
}
