import { SubscriptionRefused } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { feeDue, type FeeTerms, nextFeeAt } from '../rules/fees.ts';
import { runningAt, type Subscription } from '../state/subscription.ts';
import type { Decided } from '../rules/decided.ts';

export interface RenewSubscription {
  readonly subscriptionId: string;
  readonly appId: string;
  readonly partyId: string;
  /** Time from which the fee is due, epoch ms: months before it had none. */
  readonly from: number;
  /** Terms of the time at which the fee is due. */
  readonly terms: FeeTerms;
}

/** States the fee that is due: the trial is over, or a month. */
export function renewSubscription(
  state: Subscription,
  { subscriptionId, appId, partyId, from, terms }: RenewSubscription,
  { time }: DecisionContext,
): Decided<'renewSubscription'> {
  const running = runningAt(state, subscriptionId, time);
  if (!running) return [SubscriptionRefused({ appId, partyId, code: 'APP_REGISTRY.NOT_SUBSCRIBED' })];
  if (from > time || from < nextFeeAt(running) || running.unpaid)
    return [SubscriptionRefused({ appId, partyId, code: 'APP_REGISTRY.NOT_DUE' })];
  return [feeDue(running, from, terms)];
}
