import { SubscriptionRefused } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { feeDue, type FeeTerms, nextFeeAt } from '../rules/fees.ts';
import { runningAt, type Subscription } from '../state/subscription.ts';
import type { Decided } from '../rules/decided.ts';

export interface RenewSubscription {
  readonly subscriptionId: string;
  readonly appId: string;
  readonly partyId: string;
  /** Terms of the time at which the fee is due. */
  readonly terms: FeeTerms;
}

/** States the fee that is due: the trial is over, or a month. */
export function renewSubscription(
  state: Subscription,
  { subscriptionId, appId, partyId, terms }: RenewSubscription,
  { time }: DecisionContext,
): Decided<'renewSubscription'> {
  const running = runningAt(state, subscriptionId, time);
  if (!running) return [SubscriptionRefused({ appId, partyId, code: 'APP_REGISTRY.NOT_SUBSCRIBED' })];
  const from = nextFeeAt(running);
  if (from > time || running.unpaid) return [SubscriptionRefused({ appId, partyId, code: 'APP_REGISTRY.NOT_DUE' })];
  return [feeDue(running, from, terms)];
}
