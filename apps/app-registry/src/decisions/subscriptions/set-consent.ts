import { ConsentSet, SubscriptionRefused } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { runningAt, type Subscription } from '../state/subscription.ts';
import type { Decided } from '../rules/decided.ts';

export interface SetConsent {
  readonly subscriptionId: string;
  readonly appId: string;
  readonly partyId: string;
  /** Of the manifest; none withdraws the consent. */
  readonly scopes: readonly string[];
  readonly dataUse: readonly string[];
}

/** Sets the scopes and uses of data that a subscriber agrees to, in place of those before. */
export function setConsent(
  state: Subscription,
  { subscriptionId, appId, partyId, scopes, dataUse }: SetConsent,
  { time }: DecisionContext,
): Decided<'setConsent'> {
  const running = runningAt(state, subscriptionId, time);
  if (!running) return [SubscriptionRefused({ appId, partyId, code: 'APP_REGISTRY.NOT_SUBSCRIBED' })];
  const { slug } = running;
  return [ConsentSet({ subscriptionId, appId, slug, partyId, scopes: [...scopes], dataUse: [...dataUse] })];
}
