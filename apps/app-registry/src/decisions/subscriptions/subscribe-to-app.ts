import { AppSubscribed, instantOf, SubscriptionRefused } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { feeDue } from '../rules/fees.ts';
import { hasEnded, type Subscription } from '../state/subscription.ts';
import type { Decided } from '../rules/decided.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** Plan of an app on offer. */
export interface PlanOnOffer {
  readonly id: string;
  readonly monthlyFee?: bigint | undefined;
  readonly trialDays?: number | undefined;
}

/** Current offer of an app. */
export interface AppOffer {
  readonly suspended: boolean;
  /** The version in force, and its plans; `undefined` without one. */
  readonly version: number | undefined;
  readonly plans: readonly PlanOnOffer[];
  readonly operatorBps: number;
}

export interface SubscribeToApp {
  readonly subscriptionId: string;
  readonly appId: string;
  readonly slug: string;
  readonly developerId: string;
  readonly partyId: string;
  readonly planId: string;
  readonly offer: AppOffer;
  /** Scopes and uses of data that the party agrees to; they are in the manifest. */
  readonly consent?: { readonly scopes: readonly string[]; readonly dataUse: readonly string[] } | undefined;
}

/**
 * Subscribes a party to a plan of the version in force. Its first subscription to the app has the
 * plan's trial; after that, the fee is due for the rest of the month, then each month.
 */
export function subscribeToApp(
  state: Subscription,
  { offer, consent, ...wanted }: SubscribeToApp,
  { time }: DecisionContext,
): Decided<'subscribeToApp'> {
  const { appId, partyId, planId } = wanted;
  const asked = { appId, partyId };
  const found = planOf(offer, planId);
  if ('code' in found) return [SubscriptionRefused({ ...asked, ...found })];
  if (state.status === 'active' && !hasEnded(state, time)) {
    return [SubscriptionRefused({ ...asked, code: 'APP_REGISTRY.ALREADY_SUBSCRIBED' })];
  }
  const { version, plan } = found;
  const isFirst = state.status === 'none';
  const trialUntil = time + (isFirst ? (plan.trialDays ?? 0) * dayMs : 0);
  const agreed = consent && { scopes: [...consent.scopes], dataUse: [...consent.dataUse] };
  const subscribed = AppSubscribed({
    ...{ ...wanted, version, from: instantOf(time) },
    ...((plan.trialDays ?? 0) > 0 && { trialUntil: instantOf(trialUntil) }),
    ...(agreed && { consent: agreed }),
  });
  if (plan.monthlyFee === undefined || trialUntil > time) return [subscribed];
  const terms = { version, monthlyFee: plan.monthlyFee, operatorBps: offer.operatorBps };
  return [subscribed, feeDue({ ...wanted, version, from: time, trialUntil }, time, terms)];
}

/** Why a plan can't be subscribed to. */
type NotOnOffer =
  | { readonly code: 'APP_REGISTRY.APP_SUSPENDED' | 'APP_REGISTRY.APP_NOT_PUBLISHED' }
  | { readonly code: 'APP_REGISTRY.PLAN_NOT_OFFERED'; readonly planIds: string[] };

/** The plan on offer and its version, or why there is none. */
export function planOf(
  { suspended, version, plans }: AppOffer,
  planId: string,
): NotOnOffer | { readonly version: number; readonly plan: PlanOnOffer } {
  if (suspended) return { code: 'APP_REGISTRY.APP_SUSPENDED' };
  if (version === undefined) return { code: 'APP_REGISTRY.APP_NOT_PUBLISHED' };
  const plan = plans.find(({ id }) => id === planId);
  if (!plan) return { code: 'APP_REGISTRY.PLAN_NOT_OFFERED', planIds: plans.map(({ id }) => id) };
  return { version, plan };
}
