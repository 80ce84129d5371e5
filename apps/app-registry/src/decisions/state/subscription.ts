import type { AppRegistryEvent, EventsOf, subscriptionEvents } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';
import { type Fees, feeTimeOf, type FeeTime, subscriptionPeriodAt, withSeats } from '@tokengrid/rating';

/** The last fee that was due: the time that it is for, and the terms. */
export interface DueFee {
  readonly time: FeeTime;
  readonly fees: Fees;
  readonly version: number;
  readonly operatorBps: number;
  /** Start of the time, then each change of seats: the last time that a fee was stated from. */
  readonly since: number;
}

/** Fees that the wallet refused. */
interface UnpaidFees {
  readonly usageIds: readonly string[];
  /** Epoch milliseconds. */
  readonly graceUntil: number;
}

/** The last subscription; times are epoch milliseconds. */
export interface ActiveSubscription {
  readonly status: 'active';
  readonly subscriptionId: string;
  readonly appId: string;
  readonly slug: string;
  readonly partyId: string;
  readonly developerId: string;
  readonly version: number;
  readonly planId: string;
  readonly from: number;
  /** End of the trial; the start, without one. */
  readonly trialUntil: number;
  /** Scopes and uses of data that the party agreed to. */
  readonly scopes: readonly string[];
  readonly dataUse: readonly string[];
  /** 1 for a plan without seats. */
  readonly seats: number;
  /** What was paid and not used up, µAIT: it is taken off fees. */
  readonly credit: bigint;
  /** API key that subscribed, or set the seats last: its caps bind the fees. */
  readonly key?: string | undefined;
  /** Announced end. */
  readonly endsAt?: number;
  readonly lastFee?: DueFee;
  readonly unpaid?: UnpaidFees;
}

/** A party's subscription to an app: one at a time. */
export type Subscription =
  /** Before the first one, which alone has a trial; the last one stays, with its end. */
  { readonly status: 'none' } | ActiveSubscription;

/** The stream of one party's subscriptions to one app. */
export const subscription: Aggregate<Subscription, AppRegistryEvent> = {
  name: 'subscription',
  stateVersion: 4,
  initial: { status: 'none' },
  evolve: evolveSubscription,
};

/** Id of the stream of a party's subscriptions to an app. */
export function subscriptionStreamId(appId: string, partyId: string): string {
  return `subscription-${appId}-${partyId}`;
}

/** The running subscription of that id; an announced end that has come ends it. */
export function runningAt(state: Subscription, subscriptionId: string, time: number): ActiveSubscription | undefined {
  if (state.status === 'none' || state.subscriptionId !== subscriptionId || hasEnded(state, time)) return undefined;
  return state;
}

/** Whether the announced end of a subscription has come. */
export const hasEnded = ({ endsAt }: ActiveSubscription, time: number): boolean =>
  endsAt !== undefined && endsAt <= time;

function evolveSubscription(state: Subscription, event: EventsOf<typeof subscriptionEvents>): Subscription {
  switch (event.type) {
    case 'AppSubscribed': {
      const { from, trialUntil, consent, seats = 1, credit = 0n, ...named } = event.data;
      const start = Date.parse(from);
      const times = { from: start, trialUntil: trialUntil === undefined ? start : Date.parse(trialUntil) };
      const agreed = { scopes: consent?.scopes ?? [], dataUse: consent?.dataUse ?? [] };
      return { status: 'active', ...named, ...times, ...agreed, seats, credit };
    }
    case 'SubscriptionRenewed':
      return changed(state, (before) => ({ lastFee: dueFee(before, event.data), credit: event.data.credit }));
    case 'SeatsSet':
      return changed(state, ({ lastFee }) => seatsSet(lastFee, event.data));
    case 'SubscriptionUnpaid': {
      const { usageId, graceUntil } = event.data;
      return changed(state, ({ unpaid }) => ({
        unpaid: { usageIds: [...(unpaid?.usageIds ?? []), usageId], graceUntil: Date.parse(graceUntil) },
      }));
    }
    case 'SubscriptionPaid': {
      if (state.status === 'none' || !state.unpaid) return state;
      const { unpaid, ...paid } = state;
      const usageIds = unpaid.usageIds.filter((id) => id !== event.data.usageId);
      return usageIds.length === 0 ? paid : { ...paid, unpaid: { ...unpaid, usageIds } };
    }
    case 'ConsentSet': {
      const { scopes, dataUse } = event.data;
      return changed(state, () => ({ scopes, dataUse }));
    }
    case 'AppUnsubscribed':
      return changed(state, () => ({ endsAt: Date.parse(event.data.until) }));
    case 'SubscriptionRefused':
      return state;
  }
}

type DataOf<Type extends AppRegistryEvent['type']> = Extract<AppRegistryEvent, { readonly type: Type }>['data'];

function dueFee(
  { from: start, endsAt }: ActiveSubscription,
  { from, seats, monthlyFee, seatFee, version, operatorBps }: DataOf<'SubscriptionRenewed'>,
): DueFee {
  const since = Date.parse(from);
  const month = subscriptionPeriodAt({ from: start, until: endsAt ?? null }, since);
  return { time: feeTimeOf(month, since, seats), fees: { monthlyFee, seatFee }, version, operatorBps, since };
}

function seatsSet(
  lastFee: DueFee | undefined,
  { from, seats, credit, key }: DataOf<'SeatsSet'>,
): Partial<ActiveSubscription> {
  const since = Date.parse(from);
  // Before the end of a trial, and at the end of a month, no fee is for the time that follows.
  if (!lastFee || since >= lastFee.time.until) return { seats, credit, key };
  return { seats, credit, key, lastFee: { ...lastFee, time: withSeats(lastFee.time, seats, since), since } };
}

function changed(
  state: Subscription,
  change: (before: ActiveSubscription) => Partial<ActiveSubscription>,
): Subscription {
  return state.status === 'none' ? state : { ...state, ...change(state) };
}
