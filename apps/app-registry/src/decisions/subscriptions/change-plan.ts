import { AppSubscribed, AppUnsubscribed, instantOf, SubscriptionRefused } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { feeDue, feesOf, unusedOf } from '../rules/fees.ts';
import { runningAt, type Subscription } from '../state/subscription.ts';
import type { Decided } from '../rules/decided.ts';
import { type AppOffer, planOf } from './subscribe-to-app.ts';

export interface ChangePlan {
  readonly subscriptionId: string;
  /** Id of the subscription to the new plan. */
  readonly nextId: string;
  readonly appId: string;
  readonly partyId: string;
  /** API key of the party that asks: its caps bind the fees. */
  readonly key?: string | undefined;
  readonly planId: string;
  /** As before by default, for a plan with seats. */
  readonly seats?: number | undefined;
  readonly offer: AppOffer;
}

/**
 * Changes to a plan of the version in force, at once: the subscription ends, and another one begins
 * with a month of its own. A trial goes on, consent and seats stay, and what is not used up of the
 * last fee is credit: it is taken off the next ones.
 */
export function changePlan(
  state: Subscription,
  { subscriptionId, nextId, appId, partyId, key, planId, seats: wanted, offer }: ChangePlan,
  { time }: DecisionContext,
): Decided<'changePlan'> {
  const asked = { appId, partyId };
  const before = runningAt(state, subscriptionId, time);
  if (!before) return [SubscriptionRefused({ ...asked, code: 'APP_REGISTRY.NOT_SUBSCRIBED' })];
  const found = planOf(offer, planId, wanted);
  if ('code' in found) return [SubscriptionRefused({ ...asked, ...found })];
  if (before.unpaid) return [SubscriptionRefused({ ...asked, code: 'APP_REGISTRY.FEE_UNPAID' })];
  const { version, plan } = found;
  if (before.planId === planId && before.version === version && before.endsAt === undefined) {
    return [SubscriptionRefused({ ...asked, code: 'APP_REGISTRY.PLAN_UNCHANGED' })];
  }
  const { slug, developerId, scopes, dataUse, lastFee } = before;
  const trialUntil = Math.max(before.trialUntil, time);
  const credit = before.credit + unusedOf(lastFee, time);
  const seats = plan.seatFee === undefined ? 1 : (wanted ?? before.seats);
  const next = { subscriptionId: nextId, ...asked, slug, developerId, version, planId };
  const events = [
    AppUnsubscribed({ subscriptionId, ...asked, slug, until: instantOf(time), reason: 'changed' }),
    AppSubscribed({
      ...{ ...next, from: instantOf(time), trialUntil: instantOf(trialUntil) },
      ...(plan.seatFee !== undefined && { seats }),
      ...(credit > 0n && { credit }),
      consent: { scopes: [...scopes], dataUse: [...dataUse] },
      ...(key !== undefined && { key }),
    }),
  ];
  const fees = feesOf(plan);
  if (!fees || trialUntil > time) return events;
  const terms = { version, operatorBps: offer.operatorBps, ...fees };
  return [...events, feeDue({ ...next, from: time, trialUntil, seats, credit, key }, time, terms)];
}
