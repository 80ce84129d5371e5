import { SpendAlertRaised } from '@tokengrid/contracts';
import { monthOf } from '@tokengrid/kernel';
import type { OnDay } from './calendar.ts';
import type { SpendLimits, Spent } from './spending.ts';
import { spentBy } from './spending.ts';

type Window = 'day' | 'month';

/**
 * Thresholds that have raised an alert, in percent, on the last day with an alert and in its month.
 */
export interface Alerted {
  /** `YYYY-MM-DD`; empty before the first alert. */
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
 * Alerts raised on a day and in its month. A day before the last counts as the last, as for
 * spending.
 */
function alertedBy(alerted: Alerted, day: string): Alerted {
  if (day <= alerted.day) return alerted;
  return { day, ofDay: [], ofMonth: monthOf(alerted.day) === monthOf(day) ? alerted.ofMonth : [] };
}

/** The wallet after an alert. */
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
 * Alerts for thresholds reached by spending or by a change of limits, each once in a day or month.
 * @param more µAIT to be spent on top of the wallet's spending
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

/** Thresholds reached by the spending of a day and of its month, in percent. */
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
