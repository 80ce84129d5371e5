import { describe, expect, it } from '@jest/globals';
import {
  type AppRegistryEvent,
  AppSubscribed,
  AppUnsubscribed,
  ConsentSet,
  feeUsageId,
  instantOf,
  SubscriptionPaid,
  SubscriptionRefused,
  SubscriptionRenewed,
  SubscriptionUnpaid,
} from '@tokengrid/contracts';
import { givenFor, someContext } from '@tokengrid/kernel';
import { appId, developerId, partyId, slug } from '../examples.fixture.ts';
import { subscription } from '../state/subscription.ts';
import { changePlan } from './change-plan.ts';
import { endSubscription } from './end-subscription.ts';
import { endUnpaid } from './end-unpaid.ts';
import { renewSubscription } from './renew-subscription.ts';
import { setConsent } from './set-consent.ts';
import { settleFee } from './settle-fee.ts';
import { subscribeToApp } from './subscribe-to-app.ts';

const given = givenFor(subscription);
const dayMs = 24 * 60 * 60 * 1000;
/** The first of a month of 31 days. */
const start = Date.UTC(2026, 0, 1);
const at = (days: number) => ({ ...someContext, time: start + days * dayMs });
const day = (days: number) => instantOf(start + days * dayMs);
const subscriptionId = 'sbn_01jzz0000000000000000000s1';
const nextId = 'sbn_01jzz0000000000000000000s2';
const named = { subscriptionId, appId, slug, partyId };
const terms = { developerId, version: 3, planId: 'pro' };
const offer = {
  ...{ suspended: false, version: 3, operatorBps: 1000 },
  plans: [
    { id: 'pro', monthlyFee: 31_000n },
    { id: 'trial', monthlyFee: 31_000n, trialDays: 10 },
    { id: 'free' },
    { id: 'large', monthlyFee: 62_000n },
  ],
};
const feeTerms = { version: 3, monthlyFee: 31_000n, seatFee: 0n, operatorBps: 1000 };
const subscribed = AppSubscribed({ ...named, ...terms, from: day(0) });
const renewed = (from: number, until: number, fee: bigint, more: object = {}) =>
  SubscriptionRenewed({
    ...{ ...named, ...terms, operatorBps: 1000, from: day(from), until: day(until), fee },
    ...{ monthlyFee: 31_000n, seatFee: 0n, seats: 1, credit: 0n, ...more },
  });
const refused = (code: Parameters<typeof SubscriptionRefused>[0]['code']) =>
  SubscriptionRefused({ appId, partyId, code });
const ofIt = { subscriptionId, appId, partyId };

describe('the fee of a subscription', () => {
  const subscribe = { ...named, developerId, planId: 'pro', offer, trialDayMs: dayMs };

  it('is due at once, and again each month', () => {
    given()
      .when(subscribeToApp, subscribe, at(0))
      .then(subscribed, renewed(0, 31, 31_000n));
    const running = given(subscribed, renewed(0, 31, 31_000n));
    running
      .when(renewSubscription, { ...ofIt, from: at(31).time, terms: feeTerms }, at(31))
      .then(renewed(31, 59, 31_000n));
    running
      .when(renewSubscription, { ...ofIt, from: at(31).time, terms: feeTerms }, at(30))
      .then(refused('APP_REGISTRY.NOT_DUE'));
  });

  it('is due after the trial, for the rest of the month; a second subscription has no trial', () => {
    const trial = { ...subscribe, planId: 'trial' };
    const withTrial = AppSubscribed({ ...named, ...terms, planId: 'trial', from: day(0), trialUntil: day(10) });
    given().when(subscribeToApp, trial, at(0)).then(withTrial);
    const ended = AppUnsubscribed({ ...named, until: day(2) });
    given(withTrial)
      .when(renewSubscription, { ...ofIt, from: at(10).time, terms: feeTerms }, at(10))
      .then(renewed(10, 31, 21_000n, { planId: 'trial' }));
    given(withTrial, ended)
      .when(subscribeToApp, trial, at(5))
      .then(
        AppSubscribed({ ...named, ...terms, planId: 'trial', from: day(5), trialUntil: day(5) }),
        renewed(5, 36, 31_000n, { planId: 'trial' }),
      );
  });

  it('of a plan that had none before is due from the month on in which it has one, and not twice', () => {
    const free = AppSubscribed({ ...named, ...terms, from: day(0) });
    const later = { ...ofIt, from: at(59).time, terms: feeTerms };
    given(free)
      .when(renewSubscription, later, at(59))
      .then(renewed(59, 90, 31_000n));
    given(free, renewed(59, 90, 31_000n))
      .when(renewSubscription, later, at(60))
      .then(refused('APP_REGISTRY.NOT_DUE'));
  });

  it('names the key that subscribed, whose caps bind it, now and each month', () => {
    const key = 'key_01jzz0000000000000000000k1';
    const first = [AppSubscribed({ ...named, ...terms, from: day(0), key }), renewed(0, 31, 31_000n, { key })] as const;
    given()
      .when(subscribeToApp, { ...subscribe, key }, at(0))
      .then(...first);
    given(...first)
      .when(renewSubscription, { ...ofIt, from: at(31).time, terms: feeTerms }, at(31))
      .then(renewed(31, 59, 31_000n, { key }));
  });

  it('is none of a plan without one', () =>
    given()
      .when(subscribeToApp, { ...subscribe, planId: 'free' }, at(0))
      .then(AppSubscribed({ ...named, ...terms, planId: 'free', from: day(0) })));

  const usageId = feeUsageId(subscriptionId, day(0));
  const settle = { ...ofIt, usageId, graceMs: 3 * dayMs };
  const unpaid = SubscriptionUnpaid({
    ...{ ...named, usageId, refusal: 'WALLET.INSUFFICIENT_TOKENS', graceUntil: day(3) },
  });
  const running = [subscribed, renewed(0, 31, 31_000n)];

  it('that the wallet refuses has a time of grace, and then ends the subscription', () => {
    given(...running)
      .when(settleFee, { ...settle, refusal: 'WALLET.INSUFFICIENT_TOKENS' }, at(0))
      .then(unpaid);
    given(...running, unpaid)
      .when(endUnpaid, ofIt, at(2))
      .then(refused('APP_REGISTRY.NOT_DUE'));
    given(...running, unpaid)
      .when(endUnpaid, ofIt, at(3))
      .then(AppUnsubscribed({ ...named, until: day(3), reason: 'unpaid' }));
  });

  it('that is paid within the time of grace lets the subscription go on', () => {
    const paid = SubscriptionPaid({ ...named, usageId });
    given(...running, unpaid)
      .when(settleFee, settle, at(1))
      .then(paid);
    given(...running, unpaid, paid)
      .when(endUnpaid, ofIt, at(9))
      .then(refused('APP_REGISTRY.NOT_DUE'));
    given(...running)
      .when(settleFee, settle, at(0))
      .then(refused('APP_REGISTRY.NOT_DUE'));
  });

  it('that is refused beside another one ends with the time of grace of the first, unless both are paid', () => {
    const second = feeUsageId(subscriptionId, day(1));
    const refusedSecond = SubscriptionUnpaid({
      ...{ ...named, usageId: second, refusal: 'WALLET.INSUFFICIENT_TOKENS', graceUntil: day(3) },
    });
    given(...running, unpaid)
      .when(settleFee, { ...settle, usageId: second, refusal: 'WALLET.INSUFFICIENT_TOKENS' }, at(1))
      .then(refusedSecond);
    const firstPaid = SubscriptionPaid({ ...named, usageId, unpaid: 1 });
    given(...running, unpaid, refusedSecond)
      .when(settleFee, settle, at(2))
      .then(firstPaid);
    given(...running, unpaid, refusedSecond, firstPaid)
      .when(endUnpaid, ofIt, at(3))
      .then(AppUnsubscribed({ ...named, until: day(3), reason: 'unpaid' }));
    given(...running, unpaid, refusedSecond, firstPaid)
      .when(settleFee, { ...settle, usageId: second }, at(2))
      .then(SubscriptionPaid({ ...named, usageId: second }));
  });
});

describe('the end of a subscription', () => {
  const running = [subscribed, renewed(0, 31, 31_000n)];

  it('is now, or with the month', () => {
    given(...running)
      .when(endSubscription, ofIt, at(4))
      .then(AppUnsubscribed({ ...named, until: day(4) }));
    const atEnd = AppUnsubscribed({ ...named, until: day(31) });
    given(...running)
      .when(endSubscription, { ...ofIt, atPeriodEnd: true }, at(4))
      .then(atEnd);
    const wanted = { ...named, developerId, planId: 'free', offer, trialDayMs: dayMs };
    given(...running, atEnd)
      .when(subscribeToApp, wanted, at(30))
      .then(refused('APP_REGISTRY.ALREADY_SUBSCRIBED'));
    given(...running, atEnd)
      .when(renewSubscription, { ...ofIt, from: at(31).time, terms: feeTerms }, at(31))
      .then(refused('APP_REGISTRY.NOT_SUBSCRIBED'));
    given(...running, atEnd)
      .when(subscribeToApp, wanted, at(31))
      .then(AppSubscribed({ ...named, ...terms, planId: 'free', from: day(31) }));
  });
});

describe('a change of plan', () => {
  it('begins a month of its own, less what is not used up of the last fee', () => {
    const change = { ...ofIt, nextId, planId: 'large', offer };
    // 21 of 31 days are left.
    given(subscribed, renewed(0, 31, 31_000n))
      .when(changePlan, change, at(10))
      .then(
        AppUnsubscribed({ ...named, until: day(10), reason: 'changed' }),
        AppSubscribed({
          ...{ ...named, ...terms, subscriptionId: nextId, planId: 'large', from: day(10), trialUntil: day(10) },
          credit: 21_000n,
          consent: { scopes: [], dataUse: [] },
        }),
        renewed(10, 41, 41_000n, { subscriptionId: nextId, planId: 'large', monthlyFee: 62_000n }),
      );
  });

  it('keeps what a plan before cost more, as credit for the fees to come', () => {
    const paid = given(subscribed, renewed(0, 31, 62_000n, { monthlyFee: 62_000n }));
    const toSmaller = { ...ofIt, nextId, planId: 'pro', offer: { ...offer, version: 4 } };
    const [ended, next, due] = paid.when(changePlan, toSmaller, at(0)).decided as AppRegistryEvent[];
    expect(due).toMatchObject({ data: { fee: 0n, credit: 31_000n } });
    const after = given(subscribed, renewed(0, 31, 62_000n, { monthlyFee: 62_000n }), ended!, next!, due!);
    const ofNext = { ...ofIt, subscriptionId: nextId, from: at(31).time, terms: { ...feeTerms, version: 4 } };
    expect(after.when(renewSubscription, ofNext, at(31)).decided).toMatchObject([{ data: { fee: 0n, credit: 0n } }]);
  });

  it('there and back at once costs no more than the dearer plan', () => {
    const paid = [subscribed, renewed(0, 31, 31_000n)];
    const toLarge = { ...ofIt, nextId, planId: 'large', offer };
    const there = given(...paid).when(changePlan, toLarge, at(0)).decided as AppRegistryEvent[];
    const back = { ...ofIt, subscriptionId: nextId, nextId: subscriptionId, planId: 'pro', offer };
    const again = given(...paid, ...there).when(changePlan, back, at(0)).decided;
    expect(there.at(-1)).toMatchObject({ data: { fee: 31_000n, credit: 0n } });
    expect(again.at(-1)).toMatchObject({ data: { fee: 0n, credit: 31_000n } });
  });
});

describe('a consent', () => {
  it('is recorded with the subscription, and withdrawn by an empty one', () => {
    const consent = { scopes: ['wallet:balances:read'], dataUse: [] };
    given()
      .when(subscribeToApp, { ...named, developerId, planId: 'free', offer, trialDayMs: dayMs, consent }, at(0))
      .then(AppSubscribed({ ...named, ...terms, planId: 'free', from: day(0), consent }));
    const none = { scopes: [], dataUse: [] };
    given(subscribed)
      .when(setConsent, { ...ofIt, ...none }, at(1))
      .then(ConsentSet({ ...named, ...none }));
  });
});

it('a fee has one use, whoever makes it', () =>
  expect(feeUsageId(subscriptionId, day(0))).toMatch(/^usg_[0-9a-hjkmnp-tv-z]{26}$/));
