import {
  alertAnomaly,
  alertBound,
  alertThreshold,
  type AlertTerms,
  alertWindow,
  countedByAlert,
  partyId,
  usageAlertName,
} from '@tokengrid/contracts';
import { askedTimeZone, invalidArgument, pageQuery, sentTimeOrDay } from '@tokengrid/service';
import { z } from 'zod';
import { ofOneUse, ofUse } from '../use-filters.ts';

/** Path of an alert. */
export const UsageAlertParameters = z.strictObject({
  name: usageAlertName.meta({ description: 'Name of the alert' }),
});
export type UsageAlertParameters = z.output<typeof UsageAlertParameters>;

const owner = partyId
  .optional()
  .meta({ description: "Party that set the alerts; absent: the caller's. Only the operator reads others'" });

export const OwnerQuery = z.strictObject({ owner });
export type OwnerQuery = z.output<typeof OwnerQuery>;

export const UsageAlertsQuery = pageQuery.extend({ owner });
export type UsageAlertsQuery = z.output<typeof UsageAlertsQuery>;

export const RaisedUsageAlertsQuery = pageQuery.extend({
  owner,
  name: usageAlertName.optional().meta({ description: 'Name of the alert' }),
  from: sentTimeOrDay.optional().meta({ description: 'Raised at this time or later' }),
  to: sentTimeOrDay.optional().meta({ description: 'Raised before this time' }),
});
export type RaisedUsageAlertsQuery = z.output<typeof RaisedUsageAlertsQuery>;

/** Distances between compared windows, the default first. */
const distances = { hour: ['hour', 'day', 'week'], day: ['day', 'week'], month: ['month'] } as const;

const bound = (description: string, example: string) => alertBound.meta({ description, example });

/** An alert, as it is set. */
export const UsageAlertRequest = z
  .strictObject({
    measure: countedByAlert.measure.meta({
      description: 'Sum: `tokens` µAIT as rated, `units` of a meter, or `uses` in number',
      example: 'tokens',
    }),
    meter: countedByAlert.meter.meta({ description: 'Meter that alone is counted; needed for units' }),
    ...ofUse,
    offer: ofOneUse.offer,
    key: ofOneUse.key,
    member: ofOneUse.member,
    window: alertWindow.meta({ description: 'Window of a sum, in `timeZone`', example: 'day' }),
    timeZone: askedTimeZone,
    threshold: alertThreshold
      .extend({
        budget: bound('Budget of a window: µAIT, units or uses', '5000000'),
        percents: alertThreshold.shape.percents.meta({
          description: 'Percentages of the budget, each of which raises the alert once in a window',
          example: [50, 80, 100],
        }),
      })
      .optional()
      .meta({ description: 'Raises the alert when a window reaches percentages of a budget' }),
    anomaly: alertAnomaly
      .extend({
        percent: alertAnomaly.shape.percent.meta({
          description: 'Raised above this percentage of the median of the windows before',
          example: 300,
        }),
        windows: alertAnomaly.shape.windows.meta({ description: 'Number of the windows before', example: 14 }),
        apart: alertAnomaly.shape.apart.optional().meta({
          description:
            'Distance of these windows: the window by default, so that they are next to each other; `day` or `week` compares the same hours or days',
          example: 'day',
        }),
        floor: bound('Least sum that is unusual', '100000'),
      })
      .optional()
      .meta({ description: 'Raises the alert when a window is unusual, once' }),
  })
  .superRefine(({ measure, meter, window, threshold, anomaly }, context) => {
    const fault = (path: readonly string[], message: string) =>
      context.addIssue({ code: 'custom', path: [...path], message });
    if (measure === 'units' && meter === undefined) fault(['meter'], 'is missing: units are those of a meter');
    if (!threshold && !anomaly) fault([], 'must have a threshold, an anomaly, or both');
    const bounds = { threshold: { budget: threshold?.budget }, anomaly: { floor: anomaly?.floor } };
    for (const [rule, ofRule] of Object.entries(bounds)) {
      for (const [name, value] of Object.entries(ofRule)) {
        if (measure !== 'units' && value?.includes('.'))
          fault([rule, name], 'must be a whole number: only units have decimals');
      }
    }
    if (new Set(threshold?.percents).size !== (threshold?.percents.length ?? 0))
      fault(['threshold', 'percents'], 'must not name a percentage twice');
    const apart: readonly string[] = distances[window];
    if (anomaly?.apart !== undefined && !apart.includes(anomaly.apart))
      fault(
        ['anomaly', 'apart'],
        `must be ${apart.join(' or ')}, for windows of ${window === 'hour' ? 'an' : 'a'} ${window}`,
      );
  })
  .meta({
    id: 'UsageAlertRequest',
    example: {
      ...{ measure: 'tokens', app: 'tea-shop', window: 'day', timeZone: 'Asia/Shanghai' },
      threshold: { budget: '5000000', percents: [50, 80, 100] },
      anomaly: { percent: 300, windows: 14, floor: '100000' },
    },
  });
export type UsageAlertRequest = z.output<typeof UsageAlertRequest>;

/**
 * Terms of an alert that was asked for.
 * @param party whose usage the caller may see by its filters; undefined: all parties'
 * @param timeZone the operator's
 * @throws ProblemError 400 for a key or a member without its party
 */
export function termsOf(
  { party: _, timeZone, threshold, anomaly, ...rest }: UsageAlertRequest,
  party: string | undefined,
  operators: string,
): AlertTerms {
  for (const name of ['key', 'member'] as const) {
    if (rest[name] === undefined || party !== undefined) continue;
    const detail = 'is one of a party: name it, too';
    throw invalidArgument(`/${name}: ${detail}`, [{ pointer: `/${name}`, detail }]);
  }
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return {
    ...(given as typeof rest),
    ...(party !== undefined && { party }),
    timeZone: timeZone ?? operators,
    ...(threshold && { threshold: { ...threshold, percents: threshold.percents.toSorted((a, b) => a - b) } }),
    ...(anomaly && { anomaly: { ...anomaly, apart: anomaly.apart ?? rest.window } }),
  };
}
