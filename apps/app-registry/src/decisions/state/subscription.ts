import type { AppRegistryEvent, EventsOf, subscriptionEvents } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';

/** The last fee that was due: its amount, and the time that it is for. Epoch milliseconds. */
export interface DueFee {
  readonly fee: bigint;
  readonly from: number;
  readonly until: number;
}

/** A fee that the wallet refused. */
interface UnpaidFee {
  readonly usageId: string;
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
  /** Announced end. */
  readonly endsAt?: number;
  readonly lastFee?: DueFee;
  readonly unpaid?: UnpaidFee;
}

/** A party's subscription to an app: one at a time. */
export type Subscription =
  /** Before the first one, which alone has a trial; the last one stays, with its end. */
  { readonly status: 'none' } | ActiveSubscription;

/** The stream of one party's subscriptions to one app. */
export const subscription: Aggregate<Subscription, AppRegistryEvent> = {
  name: 'subscription',
  stateVersion: 2,
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
      const { from, trialUntil, consent, ...named } = event.data;
      const start = Date.parse(from);
      const times = { from: start, trialUntil: trialUntil === undefined ? start : Date.parse(trialUntil) };
      return { status: 'active', ...named, ...times, scopes: consent?.scopes ?? [], dataUse: consent?.dataUse ?? [] };
    }
    case 'SubscriptionRenewed': {
      const { fee, from, until } = event.data;
      return changed(state, { lastFee: { fee, from: Date.parse(from), until: Date.parse(until) } });
    }
    case 'SubscriptionUnpaid': {
      const { usageId, graceUntil } = event.data;
      return changed(state, { unpaid: { usageId, graceUntil: Date.parse(graceUntil) } });
    }
    case 'SubscriptionPaid': {
      if (state.status === 'none') return state;
      const { unpaid: _, ...paid } = state;
      return paid;
    }
    case 'ConsentSet': {
      const { scopes, dataUse } = event.data;
      return changed(state, { scopes, dataUse });
    }
    case 'AppUnsubscribed':
      return changed(state, { endsAt: Date.parse(event.data.until) });
    case 'SubscriptionRefused':
      return state;
  }
}

function changed(state: Subscription, change: Partial<ActiveSubscription>): Subscription {
  return state.status === 'none' ? state : { ...state, ...change };
}
