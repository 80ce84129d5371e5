import { UsageAlertRefused, UsageAlertRemoved } from '@tokengrid/contracts';
import type { Decided } from '../rules/decided.ts';
import type { UsageAlerts } from '../state/usage-alerts.ts';

/** An alert, and the remover's key. */
export interface RemoveUsageAlert {
  readonly partyId: string;
  readonly name: string;
  readonly by: string;
}

/** Removes an alert: it is raised no more. */
export function removeUsageAlert(
  { byName }: UsageAlerts,
  { partyId, name, by }: RemoveUsageAlert,
): Decided<'removeUsageAlert'> {
  const alert = byName.get(name);
  if (!alert) return [UsageAlertRefused({ partyId, name, code: 'NOT_FOUND' })];
  return [UsageAlertRemoved({ partyId, name, version: alert.version, by })];
}
