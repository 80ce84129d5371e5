import {
  appRegistryRefusals as declared,
  AppSubscribed,
  feeUsageId,
  instantOf,
  SubscriptionPaid,
  SubscriptionRenewed,
  SubscriptionUnpaid,
} from '@tokengrid/contracts';
import { precedenceCases, someContext } from '@tokengrid/kernel';
import { appId, developerId, partyId, slug } from '../examples.fixture.ts';
import type { FeeTerms } from '../rules/fees.ts';
import { subscription } from '../state/subscription.ts';
import { changePlan } from './change-plan.ts';
import { endSubscription } from './end-subscription.ts';
import { endUnpaid } from './end-unpaid.ts';
import { renewSubscription } from './renew-subscription.ts';
import { setConsent } from './set-consent.ts';
import { setSeats } from './set-seats.ts';
import { settleFee } from './settle-fee.ts';
import { type AppOffer, subscribeToApp } from './subscribe-to-app.ts';

const now = someContext.time;
const subscriptionId = 'sbn_01jzz0000000000000000000f1';

const nothing = { given: () => [] };
const unpublished = { version: undefined, plans: [], operatorBps: 0 };
const plans = [{ id: 'basic' }, { id: 'pro' }, { id: 'team', seatFee: 1n }];
const onOffer = { suspended: false, version: 1, plans, operatorBps: 0 };
const subscribedTo = { subscriptionId, appId, slug, developerId, partyId, planId: 'basic', version: 1 };
const running = [AppSubscribed({ ...subscribedTo, from: instantOf(now) })];
const monthMs = 31 * 24 * 3_600_000;
const fee = { version: 1, monthlyFee: 5n, seatFee: 1n, operatorBps: 0 };
const renewed = SubscriptionRenewed({
  ...{ ...subscribedTo, operatorBps: 0, monthlyFee: 4n, seatFee: 1n, seats: 1, fee: 5n, credit: 0n },
  ...{ from: instantOf(now), until: instantOf(now + monthMs) },
});
const usageId = feeUsageId(subscriptionId, instantOf(now));
const unpaid = SubscriptionUnpaid({
  ...{ subscriptionId, appId, slug, partyId, usageId, refusal: 'WALLET.INSUFFICIENT_TOKENS' },
  graceUntil: instantOf(now),
});

/** Refusals of the commands to subscriptions, each with what brings it about. */
export const subscriptionRefusals = {
  subscribeToApp: precedenceCases(
    {
      ...{ aggregate: subscription, decide: subscribeToApp, given: [] },
      when: {
        ...{ subscriptionId, appId, slug, developerId, partyId, planId: 'basic', trialDayMs: 1000 },
        offer: onOffer as AppOffer,
      },
    },
    declared.subscribeToApp,
    {
      'APP_REGISTRY.APP_SUSPENDED': { when: { offer: { suspended: true, ...unpublished } } },
      'APP_REGISTRY.APP_NOT_PUBLISHED': { when: { offer: { suspended: false, ...unpublished } } },
      'APP_REGISTRY.PLAN_NOT_OFFERED': { when: { planId: 'gold' } },
      'APP_REGISTRY.PLAN_WITHOUT_SEATS': { when: { seats: 2 } },
      'APP_REGISTRY.ALREADY_SUBSCRIBED': {
        given: [
          AppSubscribed({
            ...{ subscriptionId, appId, slug, developerId, partyId, planId: 'basic' },
            ...{ version: 1, from: instantOf(now) },
          }),
        ],
      },
    },
    // The first code also holds for a suspended app that is not published.
    ['APP_REGISTRY.APP_SUSPENDED | APP_REGISTRY.APP_NOT_PUBLISHED'],
  ),
  changePlan: precedenceCases(
    {
      ...{ aggregate: subscription, decide: changePlan, given: running },
      when: {
        ...{ subscriptionId, nextId: subscriptionId, appId, partyId, planId: 'pro' },
        offer: onOffer as AppOffer,
      },
    },
    declared.changePlan,
    {
      'APP_REGISTRY.NOT_SUBSCRIBED': nothing,
      'APP_REGISTRY.APP_SUSPENDED': { when: { offer: { suspended: true, ...unpublished } } },
      'APP_REGISTRY.APP_NOT_PUBLISHED': { when: { offer: { suspended: false, ...unpublished } } },
      'APP_REGISTRY.PLAN_NOT_OFFERED': { when: { planId: 'gold' } },
      'APP_REGISTRY.PLAN_WITHOUT_SEATS': { when: { seats: 2 } },
      'APP_REGISTRY.FEE_UNPAID': { given: [renewed, unpaid] },
      'APP_REGISTRY.PLAN_UNCHANGED': { when: { planId: 'basic' } },
    },
    ['APP_REGISTRY.APP_SUSPENDED | APP_REGISTRY.APP_NOT_PUBLISHED'],
  ),
  setSeats: precedenceCases(
    {
      ...{ aggregate: subscription, decide: setSeats, given: [...running, renewed] },
      when: { subscriptionId, appId, partyId, seats: 2, terms: fee as FeeTerms | undefined },
    },
    declared.setSeats,
    {
      'APP_REGISTRY.NOT_SUBSCRIBED': nothing,
      'APP_REGISTRY.PLAN_WITHOUT_SEATS': { when: { terms: undefined } },
      'APP_REGISTRY.FEE_UNPAID': { given: [unpaid] },
      'APP_REGISTRY.SEATS_UNCHANGED': { when: { seats: 1 } },
    },
  ),
  setConsent: precedenceCases(
    {
      ...{ aggregate: subscription, decide: setConsent, given: running },
      when: { subscriptionId, appId, partyId, scopes: [], dataUse: [] },
    },
    declared.setConsent,
    { 'APP_REGISTRY.NOT_SUBSCRIBED': nothing },
  ),
  renewSubscription: precedenceCases(
    {
      ...{ aggregate: subscription, decide: renewSubscription, given: running },
      when: { subscriptionId, appId, partyId, from: now, terms: fee },
    },
    declared.renewSubscription,
    { 'APP_REGISTRY.NOT_SUBSCRIBED': nothing, 'APP_REGISTRY.NOT_DUE': { given: [renewed] } },
  ),
  settleFee: precedenceCases(
    {
      ...{ aggregate: subscription, decide: settleFee, given: [...running, renewed] },
      when: { subscriptionId, appId, partyId, usageId, refusal: 'WALLET.FROZEN', graceMs: 1 },
    },
    declared.settleFee,
    { 'APP_REGISTRY.NOT_DUE': { given: [unpaid] } },
  ),
  endUnpaid: precedenceCases(
    {
      ...{ aggregate: subscription, decide: endUnpaid, given: [...running, renewed, unpaid] },
      when: { subscriptionId, appId, partyId },
    },
    declared.endUnpaid,
    {
      'APP_REGISTRY.NOT_SUBSCRIBED': nothing,
      'APP_REGISTRY.NOT_DUE': { given: [SubscriptionPaid({ subscriptionId, appId, slug, partyId, usageId })] },
    },
  ),
  endSubscription: precedenceCases(
    {
      ...{ aggregate: subscription, decide: endSubscription, when: { subscriptionId, appId, partyId } },
      given: [
        AppSubscribed({
          ...{ subscriptionId, appId, slug, developerId, partyId, planId: 'basic' },
          ...{ version: 1, from: instantOf(now) },
        }),
      ],
    },
    declared.endSubscription,
    { 'APP_REGISTRY.NOT_SUBSCRIBED': nothing },
  ),
};
