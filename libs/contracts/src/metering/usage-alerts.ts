import { z } from 'zod';
import { event } from '../event.ts';
import { keyId, partyId, typeId } from '../ids.ts';
import { meterName, modelName, slug } from '../market-words.ts';
import { codesOf } from '../refusals/commands.ts';
import { meteringRefusals } from '../refusals/metering.ts';
import { instant, text, timeZone } from '../vocabulary.ts';

/** Most alerts that a party has set at a time. */
export const mostUsageAlerts = 100;

/** Name of an alert, which its owner chooses. */
export const usageAlertName = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'must be 1 to 63 of a-z, 0-9 and "-", not at the ends');

/** A sum of µAIT, units or uses, ≥ 0: a decimal string with up to 6 decimals. */
const measured = z
  .string()
  .regex(/^(0|[1-9]\d{0,37})(\.\d{1,6})?$/, 'must be a decimal string with up to 6 decimals, such as "1250000"');

/** A bound that a caller states for a {@link measured} sum. */
export const alertBound = z
  .string()
  .regex(/^(0|[1-9]\d{0,29})(\.\d{1,6})?$/, 'must be a decimal string with up to 6 decimals, such as "1250000"')
  .refine((bound) => /[1-9]/.test(bound), 'must be more than zero');

/** Lengths of the windows of alerts. */
export const alertWindow = z.enum(['hour', 'day', 'month']);
export type AlertWindow = z.output<typeof alertWindow>;

/** Part of the usage that an alert counts. Absent members are not asked for. */
export const countedByAlert = {
  measure: z.enum(['tokens', 'units', 'uses']),
  /** Always there where units are counted. */
  meter: meterName.optional(),
  /** Paying party; absent: all. */
  party: partyId.optional(),
  app: slug.optional(),
  model: modelName.optional(),
  offer: typeId('mod').optional(),
  /** API key or OAuth client of the paying party. */
  key: keyId.optional(),
  /** Member of the party's shared wallet, whose uses are counted instead of the party's own. */
  member: partyId.optional(),
};
const counted = z.strictObject(countedByAlert);
export type CountedByAlert = z.output<typeof counted>;

/** Percentages of a budget, each of which raises the alert once in a window. */
export const alertThreshold = z.strictObject({
  budget: alertBound,
  percents: z.array(z.int().min(1).max(1000)).min(1).max(10),
});
export type AlertThreshold = z.output<typeof alertThreshold>;

/** Rule by which a sum is unusual: it is compared with the median of windows before. */
export const alertAnomaly = z.strictObject({
  /** Percentage of the median that the sum exceeds. */
  percent: z.int().min(101).max(100_000),
  /** Number of windows before. */
  windows: z.int().min(3).max(60),
  /** Distance from each of these windows to the next. */
  apart: z.enum(['hour', 'day', 'week', 'month']),
  /** Least sum that is unusual. */
  floor: alertBound,
});
export type AlertAnomaly = z.output<typeof alertAnomaly>;

const terms = {
  ...countedByAlert,
  window: alertWindow,
  /** Time zone of the windows. */
  timeZone,
  /** An alert has a threshold, an anomaly, or both. */
  threshold: alertThreshold.optional(),
  anomaly: alertAnomaly.optional(),
};
const alertTerms = z.strictObject(terms);
export type AlertTerms = z.output<typeof alertTerms>;

/** An alert: its owner, its name there, and the number of its setting among all of the owner's. */
const ofAlert = { partyId, name: usageAlertName, version: z.int().min(1) };

/** In the stream `alerts-<partyId>` of the owner. */
export const UsageAlertSet = event(
  'UsageAlertSet',
  'An alert on usage was set: a budget with thresholds, a rule for unusual sums, or both.',
  z.strictObject({
    ...ofAlert,
    by: text(120),
    /** Windows that end after this time are looked at. */
    since: instant,
    ...terms,
  }),
);

/** In the owner's stream. */
export const UsageAlertRemoved = event(
  'UsageAlertRemoved',
  'An alert on usage was removed: it is raised no more.',
  z.strictObject({ ...ofAlert, by: text(120) }),
);

/** In the owner's stream. */
export const UsageAlertRefused = event(
  'UsageAlertRefused',
  'An alert on usage could not be set or removed.',
  z.strictObject({
    partyId,
    name: usageAlertName,
    code: codesOf(meteringRefusals, 'setUsageAlert', 'removeUsageAlert'),
  }),
);

/** In the owner's stream. */
export const UsageAlertRaised = event(
  'UsageAlertRaised',
  "The usage of a window reached a percentage of an alert's budget, or was unusual by its rule.",
  z.strictObject({
    ...ofAlert,
    ...countedByAlert,
    window: alertWindow,
    timeZone,
    /** Start and end of the window. */
    from: instant,
    until: instant,
    /** Sum of the window when it was looked at. */
    value: measured,
    /** Threshold that the value reached; absent where it is unusual. */
    threshold: alertThreshold
      .omit({ percents: true })
      .extend({ percent: z.int().min(1).max(1000) })
      .optional(),
    /** Rule by which the value is unusual, and the median that it was compared with. */
    anomaly: alertAnomaly.extend({ median: measured }).optional(),
  }),
);

/** Alerts on usage. */
export const usageAlertEvents = [UsageAlertSet, UsageAlertRemoved, UsageAlertRefused, UsageAlertRaised] as const;
