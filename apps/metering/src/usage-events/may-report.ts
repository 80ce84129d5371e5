import type { Principal } from '@tokengrid/service';
import type { Use } from '../decisions/state/usage.ts';
import { type Facts, subscriptionAt } from '../rate-card/facts.ts';

/**
 * Reason why a caller may not report usage at all, if any. The operator reports for everyone and a
 * developer for its own apps; payers and providers never report.
 */
export function mayNotReport({ kind }: Principal): string | undefined {
  if (kind === 'operator' || kind === 'developer') return undefined;
  return `a ${kind} may not report usage; only the operator, and developers for their own apps`;
}

/**
 * Reason why a caller may not report one use, if any. A developer may charge a party that is
 * subscribed to its app; direct use of a model, which has no subscriptions, is reported by the
 * operator only.
 */
export function mayNotReportUse(caller: Principal, use: Use, facts: Facts): string | undefined {
  if (caller.kind === 'operator')
    return isOthersKey(use, facts) ? `${use.key} is not a key of ${use.partyId}` : undefined;
  const { app, partyId, key, time } = use;
  if (key !== undefined) return 'only the operator may report the key of a use';
  if (app === undefined) return 'only the operator may report the direct use of a model';
  if (facts.apps.get(app)?.developerId !== caller.partyId) return `${app} is not an app of yours`;
  if (!subscriptionAt(facts, app, partyId, Date.parse(time)))
    return `${partyId} was not subscribed to ${app} at that time`;
  return undefined;
}

/**
 * Whether a key is known and belongs to another party than the payer. A use with an unknown key
 * waits for it.
 */
function isOthersKey({ key, partyId }: Use, { keys }: Facts): boolean {
  const holder = key === undefined ? undefined : keys.get(key);
  return holder !== undefined && holder !== partyId;
}
