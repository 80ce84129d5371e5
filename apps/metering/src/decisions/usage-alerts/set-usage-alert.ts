import {
  type AlertTerms,
  canonicalJson,
  instantOf,
  mostUsageAlerts,
  UsageAlertRefused,
  UsageAlertSet,
} from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Decided } from '../rules/decided.ts';
import type { UsageAlerts } from '../state/usage-alerts.ts';

/** An alert and its terms. */
export interface SetUsageAlert {
  /** Owner of the alert. */
  readonly partyId: string;
  readonly name: string;
  /** API key of the caller. */
  readonly by: string;
  readonly terms: AlertTerms;
}

/**
 * Sets an alert in place of one of its name: its windows are looked at anew, and raised anew. The
 * same terms once more change nothing.
 */
export function setUsageAlert(
  { settings, byName }: UsageAlerts,
  { partyId, name, by, terms }: SetUsageAlert,
  { time }: Pick<DecisionContext, 'time'>,
): Decided<'setUsageAlert'> {
  const before = byName.get(name);
  if (!before && byName.size >= mostUsageAlerts)
    return [UsageAlertRefused({ partyId, name, code: 'METERING.TOO_MANY_ALERTS' })];
  const isSame = before !== undefined && canonicalJson(before.terms) === canonicalJson(terms);
  const { version, since } = isSame ? before : { version: settings + 1, since: time };
  return [UsageAlertSet({ partyId, name, version, by, since: instantOf(since), ...terms })];
}
