import { type AlertTerms, type EventOf, UsageAlertRaised, UsageAlertSet } from '@tokengrid/contracts';
import type { RaiseUsageAlert } from './raise-usage-alert.ts';

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;
/** Start of the window of the examples, a day of UTC. */
export const start = Date.UTC(2026, 0, 10);
export const partyId = 'sub_00000000000000000000000001';
const alert = { partyId, name: 'budget' };
export const key = 'key_00000000000000000000000001';

export const terms: AlertTerms = {
  ...{ measure: 'tokens', party: partyId, window: 'day', timeZone: 'UTC' },
  threshold: { budget: '1000', percents: [50, 80, 100] },
};
export const unusual: AlertTerms = {
  ...{ measure: 'units', meter: 'input_tokens', party: partyId, window: 'day', timeZone: 'UTC' },
  anomaly: { percent: 300, windows: 4, apart: 'day', floor: '10' },
};

/** The alert, set a day before its window. */
export const set = (over: Partial<EventOf<typeof UsageAlertSet>['data']> = {}, of = terms) =>
  UsageAlertSet({ ...alert, version: 1, by: key, since: new Date(start - dayMs).toISOString(), ...of, ...over });

/** A look at the window. */
export const look = (over: Partial<RaiseUsageAlert> = {}): RaiseUsageAlert => ({
  ...{ ...alert, version: 1, start, end: start + dayMs, value: '800', before: [], step: 80 },
  ...over,
});

export const raised = (over: Partial<EventOf<typeof UsageAlertRaised>['data']> = {}, of = terms) => {
  const { threshold: _, anomaly: __, ...counted } = of;
  const window = { from: new Date(start).toISOString(), until: new Date(start + dayMs).toISOString() };
  const reached = over.anomaly ? {} : { threshold: { budget: '1000', percent: 80 } };
  return UsageAlertRaised({ ...alert, version: 1, ...counted, ...window, value: '800', ...reached, ...over });
};
