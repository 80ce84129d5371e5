import { monthOf } from '@tokengrid/kernel';

/**
 * A wallet's totals that the operator may limit, for the last calendar month with any, in the
 * operator's zone.
 */
export interface MonthlyTotals {
  /** `YYYY-MM`; empty before the first activity. */
  readonly month: string;
  /** Minor units billed by the carrier; later sales do not reduce them. */
  readonly billed: bigint;
  /** Minor units of `billed` for top-ups. */
  readonly automatic: bigint;
  /**
   * Minor units of purchases through the payment provider, paid or awaiting payment. Purchases that
   * were never paid do not count.
   */
  readonly provider: bigint;
  /** µAIT sent to other wallets, less returns. */
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
 * The totals of a day's month. A month before the last counts as the last, which may occur after a
 * change of the operator's zone.
 */
export function monthlyTotalsOf({ monthlyTotals: totals }: Totalled, day: string): MonthlyTotals {
  const month = monthOf(day);
  return month <= totals.month ? totals : { ...noMonthlyTotals, month };
}

/** The totals less a return of tokens sent on a day; unchanged for a past month. */
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
 * The wallet after a purchase, counted as billed or for the payment provider.
 * @param counted true if counted already when it began to wait for its payment
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
