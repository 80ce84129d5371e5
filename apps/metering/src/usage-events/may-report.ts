import type { Principal } from '@tokengrid/service';
import {
  consentAt,
  type Facts,
  latestFrom,
  type MeterReporter,
  subscriptionKey,
  type VersionFacts,
} from '../rate-card/facts.ts';
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
 * Reason why a caller may not report one use, if any. A developer reports uses of its own apps by
 * parties that had subscribed by then; a use without a subscription waits for one. Direct use of a
 * model, which has no subscriptions, is reported by the operator only. A meter has the one reporter
 * that the app's manifest names, so that nothing is counted twice.
 */
export function mayNotReportUse(caller: Principal, reported: PayersUse, facts: Facts): UseFault | undefined {
  const fault = faultOf(caller, reported, facts);
  return fault && { ...fault, pointer: reported.placeOf?.(fault.pointer) ?? fault.pointer };
}

function faultOf(caller: Principal, { partyId, use }: PayersUse, facts: Facts): UseFault | undefined {
  const { app, model, key, time } = use;
  const versions = (app !== undefined && facts.apps.get(app)?.versions) || [];
  const at = Date.parse(time);
  if (caller.kind === 'operator') {
    if (isOthersKey(key, partyId, facts)) return faultAt('/data/key', 'METERING.OTHERS_KEY');
    return othersMeter(use, versions, at, ['operator', 'gateway']);
  }
  if (key !== undefined) return faultAt('/data/key', 'METERING.OPERATOR_ONLY');
  if (app === undefined) return faultAt('/data/model', 'METERING.OPERATOR_ONLY');
  if (facts.apps.get(app)?.developerId !== caller.partyId) return faultAt('/data/app', 'METERING.OTHERS_APP');
  if (isBeforeConsent(facts, app, partyId, at)) return faultAt('/subject', 'METERING.NOT_SUBSCRIBED');
  if (model !== undefined && !listsModel(versions, model, at))
    return faultAt('/data/model', 'METERING.MODEL_NOT_LISTED');
  return othersMeter(use, versions, at, ['developer']);
}

/**
 * Whether a payer had not subscribed by a time, and did later: subscriptions begin when they are
 * made, so none will cover it.
 */
function isBeforeConsent(facts: Facts, app: string, partyId: string, time: number): boolean {
  const all = facts.subscriptions.get(subscriptionKey(app, partyId)) ?? [];
  return all.some(({ from }) => from > time) && !consentAt(facts, app, partyId, time);
}

/** The first counted meter of which the version in force names other reporters. */
function othersMeter(
  { units }: PayersUse['use'],
  versions: readonly VersionFacts[],
  time: number,
  may: readonly MeterReporter[],
): UseFault | undefined {
  const first = Math.min(...versions.map(({ effectiveFrom }) => effectiveFrom));
  const begun = versions.filter(({ withdrawn, effectiveFrom }) => !withdrawn && effectiveFrom <= Math.max(time, first));
  const reporters = new Map(Object.entries(latestFrom(begun, ({ effectiveFrom }) => effectiveFrom)?.reporters ?? {}));
  for (const meter of Object.keys(units)) {
    const reporter = reporters.get(meter);
    if (reporter !== undefined && !may.includes(reporter))
      return faultAt(`/data/units/${meter}`, 'METERING.OTHERS_METER');
  }
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
