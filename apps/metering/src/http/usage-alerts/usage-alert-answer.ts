import {
  alertAnomaly,
  alertThreshold,
  alertWindow,
  countedByAlert,
  type EventOf,
  instantOf,
  type UsageAlertRaised,
  type UsageAlertSet,
} from '@tokengrid/contracts';
import { z } from 'zod';

const counted = {
  name: z.string().meta({ description: 'Name of the alert', example: 'daily-budget' }),
  owner: z.string().meta({ description: 'Party that set the alert', example: 'org_01jzx0000000000000000000ab' }),
  version: z.int().meta({ description: 'Number of the setting among all of the owner', example: 1 }),
  measure: countedByAlert.measure.meta({ description: 'µAIT, units of a meter, or uses', example: 'tokens' }),
  meter: z.string().optional(),
  party: z.string().optional(),
  app: z.string().optional(),
  model: z.string().optional(),
  offer: z.string().optional(),
  key: z.string().optional(),
  member: z.string().optional(),
  window: alertWindow.meta({ description: 'Window of a sum, in `timeZone`', example: 'day' }),
  timeZone: z.string().meta({ description: 'Time zone of the windows', example: 'Asia/Shanghai' }),
};

const bound = z.string();
const threshold = alertThreshold.extend({ budget: bound });
const anomaly = alertAnomaly.extend({ floor: bound });

/** An alert that is set. */
export const UsageAlertAnswer = z
  .strictObject({
    ...counted,
    threshold: threshold.optional().meta({ description: 'Budget of a window, and percentages that raise the alert' }),
    anomaly: anomaly.optional().meta({ description: 'Rule by which a window is unusual' }),
    since: z
      .string()
      .meta({ description: 'Time of the setting: windows that end later count', example: '2026-01-31T08:00:00.000Z' }),
  })
  .meta({
    id: 'UsageAlert',
    example: {
      ...{ name: 'daily-budget', owner: 'org_01jzx0000000000000000000ab', version: 1 },
      ...{ measure: 'tokens', app: 'tea-shop', window: 'day', timeZone: 'Asia/Shanghai' },
      threshold: { budget: '5000000', percents: [50, 80, 100] },
      since: '2026-01-31T08:00:00.000Z',
    },
  });

/** An alert that was raised. */
export const RaisedUsageAlertAnswer = z
  .strictObject({
    ...counted,
    from: z.string(),
    to: z.string(),
    value: z.string().meta({ description: 'Sum of the window when it was looked at', example: '4010000' }),
    threshold: threshold
      .omit({ percents: true })
      .extend({ percent: z.int() })
      .optional()
      .meta({ description: 'Budget, and the percentage of it that was reached' }),
    anomaly: anomaly
      .extend({ median: z.string() })
      .optional()
      .meta({ description: 'Rule by which the value is unusual, and the median of the windows before' }),
    raisedAt: z.string().meta({ description: 'Time of raising', example: '2026-01-31T08:00:01.000Z' }),
  })
  .meta({
    id: 'RaisedUsageAlert',
    example: {
      ...{ name: 'daily-budget', owner: 'org_01jzx0000000000000000000ab', version: 1 },
      ...{ measure: 'tokens', app: 'tea-shop', window: 'day', timeZone: 'Asia/Shanghai' },
      ...{ from: '2026-01-30T16:00:00.000Z', to: '2026-01-31T16:00:00.000Z', value: '4010000' },
      threshold: { budget: '5000000', percent: 80 },
      raisedAt: '2026-01-31T08:00:01.000Z',
    },
  });

/** Body of an alert that is set. */
export function alertOf({
  partyId: owner,
  by: _,
  ...data
}: Omit<EventOf<typeof UsageAlertSet>['data'], 'by'> & { by?: string }) {
  return { owner, ...data };
}

/** Body of an alert that was raised. */
export function raisedAlertOf(raised: EventOf<typeof UsageAlertRaised>['data'], raisedAt: number) {
  const { partyId: owner, until: to, ...data } = raised;
  return { owner, ...data, to, raisedAt: instantOf(raisedAt) };
}
