import { SpendAlertRaised } from '@tokengrid/contracts';
import { monthOf } from '@tokengrid/kernel';
import type { OnDay } from './calendar.ts';
import type { SpendLimits, Spent } from './spending.ts';
import { spentBy } from './spending.ts';

type Window = 'day' | 'month';

/** Percentages that have raised an alert, on the last day on which any did, and in its month. */
export interface Alerted {
  /** `YYYY-MM-DD`; empty before the first time. */
  readonly day: string;
  readonly ofDay: readonly number[];
  readonly ofMonth: readonly number[];
}

interface Alerting {
  readonly limits: SpendLimits;
  readonly spent: Spent;
  readonly alerted: Alerted;
}

export const nothingAlerted: Alerted = { day: '', ofDay: [], ofMonth: [] };

/**
 * What has raised an alert on a day and in its month; an earlier day than the last is counted as
 * that, as what is spent is.
 */
function alertedBy(alerted: Alerted, day: string): Alerted {
  if (day <= alerted.day) return alerted;
  return { day, ofDay: [], ofMonth: monthOf(alerted.day) === monthOf(day) ? alerted.ofMonth : [] };
}

/** A wallet after it has raised an alert. */
export function withAlert<W extends Alerting>(
  wallet: W,
  { window, day, percent }: { readonly window: Window; readonly day: string; readonly percent: number },
): W {
  const { ofDay, ofMonth, ...on } = alertedBy(wallet.alerted, day);
  return {
    ...wallet,
    alerted: {
      ...on,
      ofDay: window === 'day' ? [...ofDay, percent] : ofDay,
      ofMonth: window === 'month' ? [...ofMonth, percent] : ofMonth,
    },
  };
}

/**
 * Alerts for the thresholds that spending has reached, whatever made it so: each once in a day or
 * month, also where limits change meanwhile.
 * @param more µAIT that are spent beyond what the wallet has spent already
 */
export function alertsOf(
  wallet: Alerting & { readonly walletId: string },
  more: bigint,
  { day, timeZone }: OnDay,
): ReturnType<typeof SpendAlertRaised>[] {
  const { walletId, alerted } = wallet;
  const { ofDay, ofMonth } = alertedBy(alerted, day);
  return reached(wallet, more, day)
    .filter(({ window, percent }) => !(window === 'day' ? ofDay : ofMonth).includes(percent))
    .map(({ window, percent, spent, limit }) =>
      SpendAlertRaised({ walletId, window, day, timeZone, percent, spent, limit }),
    );
}

/**
 * Percentages of its limits that a wallet's spending of a day and of that day's month has reached,
 * of those that raise an alert.
 */
export const reachedAlerts = (wallet: Pick<Alerting, 'limits' | 'spent'>, day: string) =>
  reached(wallet, 0n, day).map(({ window, percent }) => ({ window, percent }));

function reached({ limits, spent }: Pick<Alerting, 'limits' | 'spent'>, more: bigint, day: string) {
  const { daily, monthly, alertsAt } = limits;
  const { onDay, inMonth } = spentBy(spent, day);
  const within = (window: Window, limit: bigint | null, done: bigint) =>
    alertsAt.flatMap((percent) =>
      limit !== null && done * 100n >= limit * BigInt(percent) ? [{ window, percent, spent: done, limit }] : [],
    );
  return [...within('day', daily, onDay + more), ...within('month', monthly, inMonth + more)];
}
