import type { Principal } from '@tokengrid/service';
import type { Use } from '../../decisions/state/usage.ts';
import { type Facts, subscriptionAt } from '../../rate-card/facts.ts';

/**
 * Why a caller may not report usage at all. The operator reports for everyone and a developer for its own apps; who pays or who
 * offers a model never says how much was used.
 */
export function mayNotReport({ kind }: Principal): string | undefined {
  if (kind === 'operator' || kind === 'developer') return undefined;
  return `a ${kind} does not report usage; the operator does, and developers for their own apps`;
}

/**
 * Why a caller may not report one use; nothing if it may. A developer's right to charge a party is that party's subscription to its
 * app: direct use of a model, to which nobody subscribes, only the operator reports.
 */
export function mayNotReportUse(caller: Principal, use: Use, facts: Facts): string | undefined {
  if (caller.kind === 'operator')
    return isOthersKey(use, facts) ? `${use.key} is not a key of ${use.partyId}` : undefined;
  const { app, partyId, key, time } = use;
  if (key !== undefined) return 'which key it was used with is reported by the operator';
  if (app === undefined) return 'the direct use of a model is reported by the operator';
  if (facts.apps.get(app)?.developerId !== caller.partyId) return `${app} is not an app of yours`;
  if (!subscriptionAt(facts, app, partyId, Date.parse(time)))
    return `${partyId} was not subscribed to ${app} at that time`;
  return undefined;
}

/** Whether a key is known and another party's than who pays. One that is not known yet is waited for. */
function isOthersKey({ key, partyId }: Use, { keys }: Facts): boolean {
  const holder = key === undefined ? undefined : keys.get(key);
  return holder !== undefined && holder !== partyId;
}
