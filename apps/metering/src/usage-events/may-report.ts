import type { Principal } from '@tokengrid/service';
import { type Facts, subscriptionAt, type VersionFacts } from '../rate-card/facts.ts';
import type { PayersUse } from './reported-use.ts';
import { faultAt, type UseFault } from './use-faults.ts';

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
export function mayNotReportUse(caller: Principal, reported: PayersUse, facts: Facts): UseFault | undefined {
  const fault = faultOf(caller, reported, facts);
  return fault && { ...fault, pointer: reported.placeOf?.(fault.pointer) ?? fault.pointer };
}

function faultOf(caller: Principal, { partyId, use }: PayersUse, facts: Facts): UseFault | undefined {
  const { app, model, key, time } = use;
  if (caller.kind === 'operator')
    return isOthersKey(key, partyId, facts) ? faultAt('/data/key', 'METERING.OTHERS_KEY') : undefined;
  if (key !== undefined) return faultAt('/data/key', 'METERING.OPERATOR_ONLY');
  if (app === undefined) return faultAt('/data/model', 'METERING.OPERATOR_ONLY');
  if (facts.apps.get(app)?.developerId !== caller.partyId) return faultAt('/data/app', 'METERING.OTHERS_APP');
  if (!subscriptionAt(facts, app, partyId, Date.parse(time))) return faultAt('/subject', 'METERING.NOT_SUBSCRIBED');
  if (model !== undefined && !listsModel(facts.apps.get(app)!.versions, model, Date.parse(time)))
    return faultAt('/data/model', 'METERING.MODEL_NOT_LISTED');
  return undefined;
}

/**
 * Whether a version of the app that was in force by a time lists a model; of a use before the
 * first, any. What an app may use its subscribers see before they subscribe.
 */
function listsModel(versions: readonly VersionFacts[], model: string, time: number): boolean {
  const first = Math.min(...versions.map(({ effectiveFrom }) => effectiveFrom));
  return versions.some(
    ({ withdrawn, effectiveFrom, models }) =>
      !withdrawn && effectiveFrom <= Math.max(time, first) && models.includes(model),
  );
}

/**
 * Whether a key is known and belongs to another party than the payer. A use with an unknown key
 * waits for it.
 */
function isOthersKey(key: string | undefined, partyId: string, { keys }: Facts): boolean {
  const holder = key === undefined ? undefined : keys.get(key);
  return holder !== undefined && holder !== partyId;
}
