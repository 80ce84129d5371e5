import type {
  AlertTerms,
  EventOf,
  EventsOf,
  MeteringEvent,
  usageAlertEvents,
  UsageAlertRaised,
} from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';

/** Time after its end in which a window may still raise an alert, by late uses and corrections. */
export const alertLatenessMs = 7 * 24 * 60 * 60 * 1000;

/** Step of an alert, raised once in a window: a percentage of its budget, or an unusual sum. */
export type AlertStep = number | 'anomaly';

/** Window of an alert in which it was raised. */
interface RaisedWindow {
  /** End of the window, epoch milliseconds. */
  readonly end: number;
  readonly steps: readonly AlertStep[];
}

/** An alert on usage that is set. */
export interface UsageAlert {
  readonly version: number;
  /** Epoch milliseconds. */
  readonly since: number;
  readonly terms: AlertTerms;
  /** Windows in which it was raised, by their starts in epoch milliseconds. */
  readonly raised: ReadonlyMap<number, RaisedWindow>;
}

/** All alerts that one party has set. */
export interface UsageAlerts {
  /** Number of settings so far, those of removed alerts among them. */
  readonly settings: number;
  readonly byName: ReadonlyMap<string, UsageAlert>;
}

/**
 * Time for which raised windows are remembered behind the latest one: that in which a window may be
 * raised, and a day for uses ahead of the clock.
 */
const rememberedMs = alertLatenessMs + 24 * 60 * 60 * 1000;

function evolve(alerts: UsageAlerts, event: EventsOf<typeof usageAlertEvents>): UsageAlerts {
  switch (event.type) {
    case 'UsageAlertSet':
      return withAlert(alerts, event.data);
    case 'UsageAlertRemoved': {
      const byName = new Map(alerts.byName);
      byName.delete(event.data.name);
      return { ...alerts, byName };
    }
    case 'UsageAlertRaised':
      return withRaised(alerts, event.data);
    case 'UsageAlertRefused':
      return alerts;
  }
}

function withAlert(
  { settings, byName }: UsageAlerts,
  { partyId: _, by: __, name, version, since, ...terms }: Extract<MeteringEvent, { type: 'UsageAlertSet' }>['data'],
): UsageAlerts {
  // The same terms once more.
  if (byName.get(name)?.version === version) return { settings, byName };
  const alert: UsageAlert = { version, since: Date.parse(since), terms, raised: new Map() };
  return { settings: Math.max(settings, version), byName: new Map(byName).set(name, alert) };
}

function withRaised(alerts: UsageAlerts, data: EventOf<typeof UsageAlertRaised>['data']): UsageAlerts {
  const alert = alerts.byName.get(data.name);
  if (!alert) return alerts;
  const [start, end] = [Date.parse(data.from), Date.parse(data.until)];
  const steps = [...(alert.raised.get(start)?.steps ?? []), data.threshold?.percent ?? ('anomaly' as const)];
  const raised = new Map(alert.raised).set(start, { end, steps });
  const latest = Math.max(...raised.keys());
  for (const [each, window] of raised) if (window.end < latest - rememberedMs) raised.delete(each);
  return { ...alerts, byName: new Map(alerts.byName).set(data.name, { ...alert, raised }) };
}

/** Streams named `alerts-<partyId>`. */
export const usageAlerts: Aggregate<UsageAlerts, MeteringEvent> = {
  name: 'usage-alerts',
  stateVersion: 1,
  initial: { settings: 0, byName: new Map() },
  evolve,
};

/** Stream of the alerts that a party has set. */
export const alertsStreamOf = (partyId: string): string => `alerts-${partyId}`;
