import { monthOf } from '@tokengrid/kernel';

/** What a wallet did in a calendar month of the operator's that the operator may limit: the last month in which it did any of it. */
export interface Trade {
  /** `YYYY-MM`; empty before the first time. */
  readonly month: string;
  /** Minor units billed by the carrier. A later sale does not take anything off. */
  readonly billed: bigint;
  /** Minor units of those, that were billed because tokens had run out. */
  readonly automatic: bigint;
  /** Minor units that were to be paid through the payment provider: paid, or still waited for. What was never paid does not count. */
  readonly provider: bigint;
  /** µAIT sent to others, less what came back. */
  readonly sent: bigint;
  /** µAIT sold back to the operator. */
  readonly sold: bigint;
}

interface Trading {
  readonly trade: Trade;
}

export const noTrade: Trade = { month: '', billed: 0n, automatic: 0n, provider: 0n, sent: 0n, sold: 0n };

/** What was done in the month of a day; an earlier one than the last, as after a change of the operator's zone, is counted as that. */
export function tradeOf({ trade }: Trading, day: string): Trade {
  const month = monthOf(day);
  return month <= trade.month ? trade : { ...noTrade, month };
}

/** What was done, less what came back of a day's sendings; nothing of a month that is over. */
export function withLessSent(last: Trade, tokens: bigint, day: string): Trade {
  const trade = tradeOf({ trade: last }, day);
  return trade.month === monthOf(day) ? { ...trade, sent: trade.sent - tokens } : trade;
}

interface Bought {
  readonly method: string;
  readonly price: { readonly amount: bigint };
  readonly automatic?: true | undefined;
  readonly day: string;
}

/**
 * A wallet after it bought: what is on the carrier's bill counts, or what the payment provider took.
 * @param counted whether it counted already, when it began to wait for its payment
 */
export function afterPurchase<W extends Trading>(
  wallet: W,
  { method, price, automatic, day }: Bought,
  counted: boolean,
): W {
  if (counted) return wallet;
  const trade = tradeOf(wallet, day);
  if (method !== 'carrier-bill') return { ...wallet, trade: { ...trade, provider: trade.provider + price.amount } };
  const bill = { billed: trade.billed + price.amount, automatic: trade.automatic + (automatic ? price.amount : 0n) };
  return { ...wallet, trade: { ...trade, ...bill } };
}

interface Moved {
  readonly tokens: bigint;
  readonly day: string;
}

export function afterSending<W extends Trading>(wallet: W, { tokens, day }: Moved): W {
  const trade = tradeOf(wallet, day);
  return { ...wallet, trade: { ...trade, sent: trade.sent + tokens } };
}

export function afterSale<W extends Trading>(wallet: W, { tokens, day }: Moved): W {
  const trade = tradeOf(wallet, day);
  return { ...wallet, trade: { ...trade, sold: trade.sold + tokens } };
}
