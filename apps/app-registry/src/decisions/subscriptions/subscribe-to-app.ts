import { AppSubscribed, instantOf, SubscriptionRefused } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { feeDue, feesOf, type PlanFees } from '../rules/fees.ts';
import { hasEnded, type Subscription } from '../state/subscription.ts';
import type { Decided } from '../rules/decided.ts';

/** Plan of an app on offer. */
export interface PlanOnOffer extends PlanFees {
  readonly id: string;
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
  /** API key of the party that asks: its caps bind the fees. */
  readonly key?: string | undefined;
  readonly planId: string;
  readonly offer: AppOffer;
  /** Length of a day of the trial. */
  readonly trialDayMs: number;
  /** 1 by default, for a plan with seats. */
  readonly seats?: number | undefined;
  /** Scopes and uses of data that the party agrees to; they are in the manifest. */
  readonly consent?: { readonly scopes: readonly string[]; readonly dataUse: readonly string[] } | undefined;
}

/**
 * Subscribes a party to a plan of the version in force. Its first subscription to the app has the
 * plan's trial; after that, the fee is due for the rest of the month, then each month.
 */
export function subscribeToApp(
  state: Subscription,
  { offer, trialDayMs, consent, seats: asked, key, ...wanted }: SubscribeToApp,
  { time }: DecisionContext,
): Decided<'subscribeToApp'> {
  const { appId, partyId, planId } = wanted;
  const named = { appId, partyId };
  const found = planOf(offer, planId, asked);
  if ('code' in found) return [SubscriptionRefused({ ...named, ...found })];
  if (state.status === 'active' && !hasEnded(state, time)) {
    return [SubscriptionRefused({ ...named, code: 'APP_REGISTRY.ALREADY_SUBSCRIBED' })];
  }
  const { version, plan } = found;
  const isFirst = state.status === 'none';
  const trialUntil = time + (isFirst ? (plan.trialDays ?? 0) * trialDayMs : 0);
  const agreed = consent && { scopes: [...consent.scopes], dataUse: [...consent.dataUse] };
  const seats = asked ?? 1;
  const subscribed = AppSubscribed({
    ...{ ...wanted, version, from: instantOf(time) },
    ...((plan.trialDays ?? 0) > 0 && { trialUntil: instantOf(trialUntil) }),
    ...(plan.seatFee !== undefined && { seats }),
    ...(agreed && { consent: agreed }),
    ...(key !== undefined && { key }),
  });
  const fees = feesOf(plan);
  if (!fees || trialUntil > time) return [subscribed];
  const terms = { version, operatorBps: offer.operatorBps, ...fees };
  return [subscribed, feeDue({ ...wanted, version, from: time, trialUntil, seats, credit: 0n, key }, time, terms)];
}

/** Why a plan can't be subscribed to. */
type NotOnOffer =
  | {
      readonly code:
        'APP_REGISTRY.APP_SUSPENDED' | 'APP_REGISTRY.APP_NOT_PUBLISHED' | 'APP_REGISTRY.PLAN_WITHOUT_SEATS';
    }
  | { readonly code: 'APP_REGISTRY.PLAN_NOT_OFFERED'; readonly planIds: string[] };

/**
 * The plan on offer and its version, or why there is none.
 * @param seats number that is asked for, if any
 */
export function planOf(
  { suspended, version, plans }: AppOffer,
  planId: string,
  seats: number | undefined,
): NotOnOffer | { readonly version: number; readonly plan: PlanOnOffer } {
  if (suspended) return { code: 'APP_REGISTRY.APP_SUSPENDED' };
  if (version === undefined) return { code: 'APP_REGISTRY.APP_NOT_PUBLISHED' };
  const plan = plans.find(({ id }) => id === planId);
  if (!plan) return { code: 'APP_REGISTRY.PLAN_NOT_OFFERED', planIds: plans.map(({ id }) => id) };
  if (seats !== undefined && plan.seatFee === undefined) return { code: 'APP_REGISTRY.PLAN_WITHOUT_SEATS' };
  return { version, plan };
}
