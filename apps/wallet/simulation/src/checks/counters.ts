import { isDeepStrictEqual } from 'node:util';
import { ensure, shown } from '@tokengrid/simulation-kit';
import type { Spent } from '@tokengrid/wallet/decisions/state/spending';
import type { MonthlyTotals } from '@tokengrid/wallet/decisions/state/monthly-totals';
import type { OpenedWallet } from '@tokengrid/wallet/decisions/state/wallet';
import type { ModelSpending, ModelWallet, MonthlyKind } from '../model/state.ts';

/**
 * Compares the counters of limits and caps with the model's memory, so that a wrong counter is
 * found before it refuses or allows anything.
 */
export function compareCounters(state: OpenedWallet, wallet: ModelWallet): void {
  const { walletId, spent, monthlyTotals, members, debt, billLimit, exhaustion } = state;
  const differs = (what: string, is: unknown, meant: unknown) =>
    ensure(isDeepStrictEqual(is, meant), () => `${walletId} counts ${shown(is)} ${what}, not ${shown(meant)}`);
  differs('spent', spent, spentIn(wallet.spendings));
  differs('monthly totals', monthlyTotals, totalsIn(monthlyTotals.month, wallet));
  for (const { memberId, ...member } of members) {
    const { spendings } = wallet.members.get(memberId)!;
    differs(`spent by ${memberId}`, member.spent, spentIn(spendings));
    const inAll = spendings.reduce((sum, { tokens }) => sum + tokens, 0n);
    differs(`spent by ${memberId} in all`, member.inAll, inAll);
  }
  const terms = { debt: wallet.debt, billLimit: wallet.billLimit, exhaustion: wallet.exhaustion };
  differs('owed', { debt, billLimit, exhaustion }, terms);
}

/** Sums of the last day with spending, and of its month. */
function spentIn(spendings: readonly ModelSpending[]): Spent {
  let day = '';
  for (const each of spendings) if (each.tokens >= 0n && each.day > day) day = each.day;
  if (day === '') return { day, onDay: 0n, inMonth: 0n };
  const sumOf = (prefix: string) =>
    spendings.reduce((sum, each) => (each.day.startsWith(prefix) ? sum + each.tokens : sum), 0n);
  return { day, onDay: sumOf(day), inMonth: sumOf(day.slice(0, 7)) };
}

/** Sums of a month, which has to be the last one with any. */
function totalsIn(month: string, { countedMonthly }: ModelWallet): MonthlyTotals {
  const last = countedMonthly.reduce((latest, each) => (each.month > latest ? each.month : latest), '');
  const sumOf = (kind: MonthlyKind) =>
    countedMonthly.reduce((sum, each) => (each.month === last && each.kind === kind ? sum + each.amount : sum), 0n);
  const sums = { sent: sumOf('sending'), sold: sumOf('selling'), provider: sumOf('provider') };
  return { month: last || month, billed: sumOf('bill'), automatic: sumOf('exhaustion'), ...sums };
}
