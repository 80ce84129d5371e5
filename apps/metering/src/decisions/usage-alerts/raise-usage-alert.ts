import { instantOf, UsageAlertRaised } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { isUnusual, lowerMedian, reaches } from '../rules/alert-steps.ts';
import { isLookedAt } from '../rules/alert-windows.ts';
import type { Decided } from '../rules/decided.ts';
import type { AlertStep, UsageAlert, UsageAlerts } from '../state/usage-alerts.ts';

/** A window of an alert as it was looked at. */
export interface RaiseUsageAlert {
  /** Owner of the alert. */
  readonly partyId: string;
  readonly name: string;
  /** Version of the alert by which the window was looked at. */
  readonly version: number;
  /** Start and end of the window, epoch milliseconds. */
  readonly start: number;
  readonly end: number;
  /** Sum of the window. */
  readonly value: string;
  /** Sums of the windows before, with which it is compared; empty for a threshold. */
  readonly before: readonly string[];
  readonly step: AlertStep;
}

/** There is nothing to raise: the alert is gone or changed, or was raised before. */
export class NotRaised extends Error {
  override readonly name = 'NotRaised';
}

/**
 * Raises an alert for a window, once for each step of it.
 * @throws NotRaised for what is not to be raised, or was raised before
 */
export function raiseUsageAlert(
  { byName }: UsageAlerts,
  { partyId, name, version, start, end, value, before, step }: RaiseUsageAlert,
  { time }: Pick<DecisionContext, 'time'>,
): Decided {
  const alert = byName.get(name);
  if (alert?.version !== version) throw new NotRaised(`${name} is not set any more as its version ${version}`);
  if (!isLookedAt({ start, end }, alert.since, time))
    throw new NotRaised(`the window from ${instantOf(start)} on is over for too long`);
  if (alert.raised.get(start)?.steps.includes(step))
    throw new NotRaised(`${name} was raised before for the window from ${instantOf(start)} on`);
  const { threshold: _, anomaly: __, ...terms } = alert.terms;
  const window = { from: instantOf(start), until: instantOf(end) };
  return [
    UsageAlertRaised({ partyId, name, version, ...terms, ...window, value, ...reasonOf(alert, value, before, step) }),
  ];
}

/** Threshold or rule by which a value raises an alert. */
function reasonOf({ terms }: UsageAlert, value: string, before: readonly string[], step: AlertStep) {
  const { threshold, anomaly } = terms;
  if (step === 'anomaly') {
    const median = lowerMedian(before);
    if (anomaly?.windows === before.length && isUnusual(value, anomaly, median))
      return { anomaly: { ...anomaly, median } };
  } else if (threshold?.percents.includes(step) && reaches(value, threshold, step)) {
    return { threshold: { budget: threshold.budget, percent: step } };
  }
  throw new NotRaised(`${value} does not raise the alert by its ${step}`);
}
