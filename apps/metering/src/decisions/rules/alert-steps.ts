import { type AlertAnomaly, type AlertThreshold, scaled } from '@tokengrid/contracts';
import type { AlertStep } from '../state/usage-alerts.ts';

/** All steps of an alert. */
export const stepsOf = ({
  threshold,
  anomaly,
}: {
  readonly threshold?: AlertThreshold | undefined;
  readonly anomaly?: AlertAnomaly | undefined;
}): readonly AlertStep[] => [...(threshold?.percents ?? []), ...(anomaly ? (['anomaly'] as const) : [])];

/** True if a sum is at least a percentage of a budget; decimal strings, compared exactly. */
export const reaches = (value: string, { budget }: Pick<AlertThreshold, 'budget'>, percent: number): boolean =>
  scaled(value) * 100n >= scaled(budget) * BigInt(percent);

/** True if a sum is not too small to be unusual. */
export const reachesFloor = (value: string, { floor }: Pick<AlertAnomaly, 'floor'>): boolean =>
  scaled(value) >= scaled(floor);

/** True if a sum is unusual: at least the floor, and above the percentage of the median. */
export const isUnusual = (value: string, anomaly: AlertAnomaly, median: string): boolean =>
  reachesFloor(value, anomaly) && scaled(value) * 100n > scaled(median) * BigInt(anomaly.percent);

/**
 * Median of decimal strings; of an even number the lower one of the two in the middle, so that it
 * is one of them, and nothing is rounded.
 * @throws RangeError without any
 */
export function lowerMedian(values: readonly string[]): string {
  const sorted = [...values].sort((one, other) => compare(scaled(one), scaled(other)));
  const median = sorted[(sorted.length - 1) >> 1];
  if (median === undefined) throw new RangeError('no values have a median');
  return median;
}

const compare = (one: bigint, other: bigint): number => (one < other ? -1 : one > other ? 1 : 0);
