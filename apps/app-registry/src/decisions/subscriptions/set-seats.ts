import { instantOf, SeatsSet, SubscriptionRefused } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { feeOf, withSeats } from '@tokengrid/rating';
import type { Decided } from '../rules/decided.ts';
import { type FeeTerms, lessCredit, nextFeeAt } from '../rules/fees.ts';
import { type DueFee, runningAt, type Subscription } from '../state/subscription.ts';

export interface SetSeats {
  readonly subscriptionId: string;
  readonly appId: string;
  readonly partyId: string;
  /** API key of the party that asks: its caps bind the fees. */
  readonly key?: string | undefined;
  readonly seats: number;
  /** Terms in force; undefined for a plan without seats. */
  readonly terms: FeeTerms | undefined;
}

/**
 * Sets the number of seats, at once. Added seats are due for the rest of the month that is paid; of
 * removed ones the rest of the month is credit. Between a month and its renewal, the number is that
 * of the next month.
 */
export function setSeats(
  state: Subscription,
  { subscriptionId, appId, partyId, key, seats, terms }: SetSeats,
  { time }: DecisionContext,
): Decided<'setSeats'> {
  const asked = { appId, partyId };
  const running = runningAt(state, subscriptionId, time);
  if (!running) return [SubscriptionRefused({ ...asked, code: 'APP_REGISTRY.NOT_SUBSCRIBED' })];
  if (!terms) return [SubscriptionRefused({ ...asked, code: 'APP_REGISTRY.PLAN_WITHOUT_SEATS' })];
  if (running.unpaid) return [SubscriptionRefused({ ...asked, code: 'APP_REGISTRY.FEE_UNPAID' })];
  if (running.seats === seats) return [SubscriptionRefused({ ...asked, code: 'APP_REGISTRY.SEATS_UNCHANGED' })];
  const { slug, developerId, planId, lastFee, credit } = running;
  const until = nextFeeAt(running);
  // A fee's use is named by its start: no two of a subscription begin at one time.
  const from = Math.min(Math.max(time, (lastFee?.since ?? 0) + 1), until);
  const more = lastFee ? growth(lastFee, seats, from) : 0n;
  const { version, operatorBps } = lastFee ?? terms;
  return [
    SeatsSet({
      ...{ subscriptionId, appId, slug, partyId, developerId, version, planId, operatorBps },
      ...{ from: instantOf(from), until: instantOf(until), seats },
      ...(more < 0n ? { fee: 0n, credit: credit - more } : lessCredit(more, credit)),
      ...(key !== undefined && { key }),
    }),
  ];
}

/** Growth of a month's fee by another number of seats from a time on; negative for fewer. */
function growth({ fees, time }: DueFee, seats: number, from: number): bigint {
  return feeOf(fees, withSeats(time, seats, from)) - feeOf(fees, time);
}
