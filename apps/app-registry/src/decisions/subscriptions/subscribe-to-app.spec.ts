import { describe, expect, it } from '@jest/globals';
import { AppSubscribed, AppUnsubscribed, instantOf, SubscriptionRefused } from '@tokengrid/contracts';
import { givenFor, someContext } from '@tokengrid/kernel';
import { endSubscription } from './end-subscription.ts';
import { appId, developerId, partyId, slug } from '../examples.fixture.ts';
import { subscribeToApp } from './subscribe-to-app.ts';
import { subscription, subscriptionStreamId } from '../state/subscription.ts';

const given = givenFor(subscription);
const now = instantOf(someContext.time);
const subscriptionId = 'sbn_01jzz0000000000000000000s1';
const wanted = { subscriptionId, appId, slug, developerId, partyId, planId: 'pro' };
const subscribe = {
  ...{ ...wanted, trialDayMs: 1000 },
  offer: { suspended: false, version: 3, plans: [{ id: 'basic' }, { id: 'pro' }], operatorBps: 1000 },
};
const subscribed = AppSubscribed({ ...wanted, version: 3, from: now });
const ended = AppUnsubscribed({ subscriptionId, appId, slug, partyId, until: now });
type Refusal = Omit<Parameters<typeof SubscriptionRefused>[0], 'appId' | 'partyId'>;
const refused = (code: Refusal['code'], facts: Partial<Refusal> = {}) =>
  SubscriptionRefused({ appId, partyId, ...facts, code });

describe('subscribing to an app', () => {
  it('subscribes to a plan of the version in force', () => given().when(subscribeToApp, subscribe).then(subscribed));

  it('subscribes again after the subscription before has ended', () =>
    given(subscribed, ended).when(subscribeToApp, subscribe).then(subscribed));

  it('refuses a suspended app, before anything else', () =>
    given(subscribed)
      .when(subscribeToApp, {
        ...subscribe,
        offer: { suspended: true, version: undefined, plans: [], operatorBps: 1000 },
      })
      .then(refused('APP_REGISTRY.APP_SUSPENDED')));

  it('refuses an app without a version in force', () =>
    given(subscribed)
      .when(subscribeToApp, {
        ...subscribe,
        offer: { suspended: false, version: undefined, plans: [], operatorBps: 1000 },
      })
      .then(refused('APP_REGISTRY.APP_NOT_PUBLISHED')));

  it('refuses a plan that is not on offer, and says which are', () =>
    given(subscribed)
      .when(subscribeToApp, { ...subscribe, planId: 'gold' })
      .then(refused('APP_REGISTRY.PLAN_NOT_OFFERED', { planIds: ['basic', 'pro'] })));

  it('refuses a second subscription to the same app', () =>
    given(subscribed).when(subscribeToApp, subscribe).then(refused('APP_REGISTRY.ALREADY_SUBSCRIBED')));
});

describe('ending a subscription', () => {
  const end = { subscriptionId, appId, partyId };

  it('ends it now', () => given(subscribed).when(endSubscription, end).then(ended));

  it('refuses one that never was or has ended', () => {
    const refusal = refused('APP_REGISTRY.NOT_SUBSCRIBED');
    given().when(endSubscription, end).then(refusal);
    given(subscribed, ended).when(endSubscription, end).then(refusal);
  });

  it('leaves a later one alone', () =>
    given(subscribed)
      .when(endSubscription, { ...end, subscriptionId: 'sbn_01jzz0000000000000000000s0' })
      .then(refused('APP_REGISTRY.NOT_SUBSCRIBED')));

  it('has a stream per app and party', () =>
    expect(subscriptionStreamId(appId, partyId)).toBe(`subscription-${appId}-${partyId}`));
});
