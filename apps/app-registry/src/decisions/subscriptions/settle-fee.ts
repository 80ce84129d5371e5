import { instantOf, SubscriptionPaid, SubscriptionRefused, SubscriptionUnpaid } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Subscription } from '../state/subscription.ts';
import type { Decided } from '../rules/decided.ts';

export interface SettleFee {
  readonly appId: string;
  readonly partyId: string;
  readonly subscriptionId: string;
  /** Use by which the fee is charged. */
  readonly usageId: string;
  /** Code of the wallet's refusal; absent if it paid. */
  readonly refusal?: string | undefined;
  /** Time for which a subscription goes on without its fee. */
  readonly graceMs: number;
}

/**
 * Takes the wallet's answer to a fee: a refused one begins the time of grace, and a later payment
 * of all that were refused ends it.
 */
export function settleFee(
  state: Subscription,
  { appId, partyId, subscriptionId, usageId, refusal, graceMs }: SettleFee,
  { time }: DecisionContext,
): Decided<'settleFee'> {
  const notDue = [SubscriptionRefused({ appId, partyId, code: 'APP_REGISTRY.NOT_DUE' })];
  if (state.status === 'none' || state.subscriptionId !== subscriptionId) return notDue;
  const named = { subscriptionId, appId, slug: state.slug, partyId, usageId };
  const { usageIds = [], graceUntil = time + graceMs } = state.unpaid ?? {};
  const isUnpaid = usageIds.includes(usageId);
  if (isUnpaid === (refusal !== undefined)) return notDue;
  if (refusal !== undefined) return [SubscriptionUnpaid({ ...named, refusal, graceUntil: instantOf(graceUntil) })];
  const unpaid = usageIds.length - 1;
  return [SubscriptionPaid({ ...named, ...(unpaid > 0 && { unpaid }) })];
}
