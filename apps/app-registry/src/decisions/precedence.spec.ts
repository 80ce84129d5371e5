import { describe, expect, it } from '@jest/globals';
import {
  AppRefused,
  appRegistryRefusals as declared,
  instantOf,
  ModelNamed,
  ModelPriced,
  ModelPriceWithdrawn,
  ModelSubmitted,
  ModelSuspended,
  ModelWithdrawn,
  NameConfirmed,
  NameReserved,
  VersionWithdrawn,
} from '@tokengrid/contracts';
import { precedenceCases, someContext } from '@tokengrid/kernel';
import { createApp } from './apps/create-app.ts';
import { giveUpApp } from './apps/give-up-app.ts';
import { reinstateApp } from './apps/reinstate-app.ts';
import { suspendApp } from './apps/suspend-app.ts';
import {
  appId,
  created,
  developerId,
  drafted,
  manifest,
  modelId,
  offer,
  offered,
  ofVersion,
  otherAppId,
  published,
  readyToPublish,
  slug,
  submission,
  submitted,
  suspended,
  versionNamed,
} from './examples.fixture.ts';
import { approveModel } from './models/approve-model.ts';
import { offerModel } from './models/offer-model.ts';
import { priceModel } from './models/price-model.ts';
import { reinstateModel } from './models/reinstate-model.ts';
import { rejectModel } from './models/reject-model.ts';
import { suspendModel } from './models/suspend-model.ts';
import { withdrawModel } from './models/withdraw-model.ts';
import { withdrawModelPrice } from './models/withdraw-model-price.ts';
import { confirmName } from './names/confirm-name.ts';
import { nameModel } from './names/name-model.ts';
import { reserveName } from './names/reserve-name.ts';
import { app } from './state/app.ts';
import { model, mostAnnounced } from './state/model.ts';
import { modelName } from './state/model-name.ts';
import { name } from './state/name.ts';
import { subscriptionRefusals } from './subscriptions/subscription-refusals.fixture.ts';
import { approveVersion } from './versions/approve-version.ts';
import { deprecateVersion } from './versions/deprecate-version.ts';
import { draftVersion, maxVersions } from './versions/draft-version.ts';
import { publishVersion } from './versions/publish-version.ts';
import { rejectVersion } from './versions/reject-version.ts';
import { submitVersion } from './versions/submit-version.ts';
import { withdrawVersion } from './versions/withdraw-version.ts';

const now = someContext.time;
const later = now + 3_600_000;

const nothing = { given: () => [] };
const others = {
  given: () => [
    NameReserved({ name: slug, ownerId: otherAppId, partyId: developerId, expiresAt: instantOf(now) }),
    NameConfirmed({ name: slug, ownerId: otherAppId }),
  ],
};
const alike = {
  given: () => [NameConfirmed({ name: 'chat-he1per', ownerId: otherAppId })],
};
const lapsedApp = { given: [AppRefused({ appId, code: 'APP_REGISTRY.RESERVATION_LAPSED' })] };
const { name: offeredName, providerId, prices, operatorBps } = offer;
const wasWithdrawn = { given: [ModelWithdrawn({ modelId, name: offeredName, providerId })] };
const ofOffer = { NOT_FOUND: nothing, 'APP_REGISTRY.MODEL_IN_OTHER_STATE': wasWithdrawn };
const pending = [ModelSubmitted(offer)];
const priced = (priceVersion: number, from: number) =>
  ModelPriced({
    modelId,
    name: offeredName,
    providerId,
    prices,
    operatorBps,
    priceVersion,
    effectiveFrom: instantOf(from),
  });
const withdrawn = ModelPriceWithdrawn({ modelId, name: offeredName, providerId, priceVersion: 2 });
const manyAnnounced = Array.from({ length: mostAnnounced }, (_, index) => priced(index + 2, later + index));

const ofApp = { aggregate: app, when: { appId } };
const ofDraft = { NOT_FOUND: nothing, 'APP_REGISTRY.VERSION_IN_OTHER_STATE': { given: readyToPublish(1) } };
const ofSubmitted = {
  NOT_FOUND: nothing,
  'APP_REGISTRY.VERSION_IN_OTHER_STATE': { given: () => [created, drafted(1)] },
};

/**
 * A state and command for each declared refusal of each command. Without one for a declared code,
 * this does not compile.
 */
const cases = {
  reserveName: precedenceCases(
    {
      ...{ aggregate: name, decide: reserveName, given: [] },
      when: {
        ...{ name: slug, ownerId: appId, partyId: developerId },
        ...{ reservedForMs: 1000, givenUpOwnerId: undefined },
      },
    },
    declared.reserveName,
    {
      'APP_REGISTRY.SLUG_TAKEN': others,
      'APP_REGISTRY.SLUG_CONFUSABLE': alike,
    },
    ['APP_REGISTRY.SLUG_TAKEN | APP_REGISTRY.SLUG_CONFUSABLE'],
  ),
  confirmName: precedenceCases(
    {
      ...{ aggregate: name, decide: confirmName, given: others.given() },
      when: { name: slug, ownerId: otherAppId },
    },
    declared.confirmName,
    { 'APP_REGISTRY.NAME_NOT_HELD': nothing },
  ),
  createApp: precedenceCases(
    {
      ...{ aggregate: app, decide: createApp, given: [] },
      when: { appId, slug, developerId, name: 'Chat helper', reservation: 'reserved' },
    },
    declared.createApp,
    {
      'APP_REGISTRY.SLUG_TAKEN': { when: { reservation: { refused: 'APP_REGISTRY.SLUG_TAKEN' } } },
      'APP_REGISTRY.SLUG_CONFUSABLE': { when: { reservation: { refused: 'APP_REGISTRY.SLUG_CONFUSABLE' } } },
      'APP_REGISTRY.RESERVATION_LAPSED': lapsedApp,
      'APP_REGISTRY.APP_EXISTS': { given: [created] },
    },
    [
      'APP_REGISTRY.SLUG_TAKEN | APP_REGISTRY.SLUG_CONFUSABLE',
      'APP_REGISTRY.RESERVATION_LAPSED | APP_REGISTRY.APP_EXISTS',
    ],
  ),
  // It always refuses: that is how an app is given up.
  giveUpApp: precedenceCases({ ...ofApp, decide: giveUpApp, given: [] }, declared.giveUpApp, {
    'APP_REGISTRY.APP_EXISTS': { given: [created] },
    'APP_REGISTRY.RESERVATION_LAPSED': {},
  }).slice(1),
  suspendApp: precedenceCases({ ...ofApp, decide: suspendApp, given: [created] }, declared.suspendApp, {
    NOT_FOUND: nothing,
    'APP_REGISTRY.APP_SUSPENDED': { given: [suspended] },
  }),
  reinstateApp: precedenceCases(
    { ...ofApp, decide: reinstateApp, given: [created, suspended] },
    declared.reinstateApp,
    {
      NOT_FOUND: nothing,
      'APP_REGISTRY.APP_NOT_SUSPENDED': { given: () => [created] },
    },
  ),
  draftVersion: precedenceCases(
    { aggregate: app, decide: draftVersion, given: [created], when: { appId, manifest } },
    declared.draftVersion,
    {
      NOT_FOUND: nothing,
      'APP_REGISTRY.TOO_MANY_VERSIONS': {
        given: Array.from({ length: maxVersions }, (_, index) => drafted(index + 1)),
      },
    },
  ),
  submitVersion: precedenceCases(
    { aggregate: app, decide: submitVersion, given: [created, drafted(1)], when: submission(1) },
    declared.submitVersion,
    ofDraft,
  ),
  approveVersion: precedenceCases(
    { aggregate: app, decide: approveVersion, given: [created, drafted(1), submitted(1)], when: ofVersion(1) },
    declared.approveVersion,
    ofSubmitted,
  ),
  rejectVersion: precedenceCases(
    {
      ...{ aggregate: app, decide: rejectVersion, given: [created, drafted(1), submitted(1)] },
      when: { ...ofVersion(1), reasons: ['no'] },
    },
    declared.rejectVersion,
    ofSubmitted,
  ),
  publishVersion: precedenceCases(
    {
      ...{ aggregate: app, decide: publishVersion, given: [created, ...readyToPublish(1), ...readyToPublish(2)] },
      when: { ...ofVersion(2), manifest, effectiveFrom: undefined },
    },
    declared.publishVersion,
    {
      NOT_FOUND: nothing,
      'APP_REGISTRY.VERSION_IN_OTHER_STATE': { given: [drafted(2)] },
      'APP_REGISTRY.APP_SUSPENDED': { given: [suspended] },
      'APP_REGISTRY.VERSION_TOO_EARLY': { given: [published(1, later)] },
    },
  ),
  deprecateVersion: precedenceCases(
    {
      ...{ aggregate: app, decide: deprecateVersion, given: [created, ...readyToPublish(1), published(1, now)] },
      when: ofVersion(1),
    },
    declared.deprecateVersion,
    ofSubmitted,
  ),
  withdrawVersion: precedenceCases(
    {
      ...{ aggregate: app, decide: withdrawVersion, given: [created, ...readyToPublish(1), published(1, later)] },
      when: ofVersion(1),
    },
    declared.withdrawVersion,
    {
      NOT_FOUND: nothing,
      'APP_REGISTRY.VERSION_IN_OTHER_STATE': { given: [VersionWithdrawn(versionNamed(1))] },
      'APP_REGISTRY.VERSION_IN_FORCE': { context: { time: later } },
    },
  ),
  nameModel: precedenceCases(
    {
      ...{ aggregate: modelName, decide: nameModel, given: [] },
      when: { modelId, name: 'qwen-70b', providerId },
    },
    declared.nameModel,
    { 'APP_REGISTRY.MODEL_NAME_CONFUSABLE': { given: [ModelNamed({ modelId, name: 'qwen-7ob', providerId })] } },
  ),
  offerModel: precedenceCases(
    {
      ...{ aggregate: model, decide: offerModel, given: [] },
      when: { ...offer, minimumBps: 500, takenName: undefined },
    },
    declared.offerModel,
    {
      'APP_REGISTRY.MODEL_NAME_CONFUSABLE': { when: { takenName: 'qwen-7ob' } },
      'APP_REGISTRY.MODEL_EXISTS': { given: [offered(now)] },
    },
  ),
  approveModel: precedenceCases(
    { aggregate: model, decide: approveModel, given: pending, when: { modelId } },
    declared.approveModel,
    { NOT_FOUND: nothing, 'APP_REGISTRY.MODEL_IN_OTHER_STATE': { given: [offered(now)] } },
  ),
  rejectModel: precedenceCases(
    { aggregate: model, decide: rejectModel, given: pending, when: { modelId, reasons: ['no'] } },
    declared.rejectModel,
    { NOT_FOUND: nothing, 'APP_REGISTRY.MODEL_IN_OTHER_STATE': { given: [offered(now)] } },
  ),
  suspendModel: precedenceCases(
    { aggregate: model, decide: suspendModel, given: [offered(now)], when: { modelId } },
    declared.suspendModel,
    ofOffer,
  ),
  reinstateModel: precedenceCases(
    {
      ...{ aggregate: model, decide: reinstateModel, when: { modelId } },
      given: [offered(now), ModelSuspended({ modelId, name: offeredName, providerId })],
    },
    declared.reinstateModel,
    ofOffer,
  ),
  withdrawModel: precedenceCases(
    { aggregate: model, decide: withdrawModel, given: [offered(now)], when: { modelId } },
    declared.withdrawModel,
    ofOffer,
  ),
  priceModel: precedenceCases(
    {
      ...{ aggregate: model, decide: priceModel, given: [offered(now)] },
      when: { modelId, prices, effectiveFrom: later + mostAnnounced },
    },
    declared.priceModel,
    {
      ...ofOffer,
      'APP_REGISTRY.SHARE_BELOW_MINIMUM': { when: { operatorBps: 1, minimumBps: 2 } },
      'APP_REGISTRY.PRICES_TOO_EARLY': { given: [priced(102, 2 * later)] },
      'APP_REGISTRY.TOO_MANY_PRICES': { given: manyAnnounced },
    },
  ),
  withdrawModelPrice: precedenceCases(
    {
      ...{ aggregate: model, decide: withdrawModelPrice, given: [offered(now), priced(2, later)] },
      when: { modelId, priceVersion: 2 },
    },
    declared.withdrawModelPrice,
    {
      NOT_FOUND: nothing,
      'APP_REGISTRY.PRICE_WITHDRAWN': { given: [withdrawn] },
      'APP_REGISTRY.PRICE_IN_FORCE': { context: { time: later } },
    },
    // A withdrawn price is forgotten when its time comes.
    ['APP_REGISTRY.PRICE_WITHDRAWN | APP_REGISTRY.PRICE_IN_FORCE'],
  ),
  ...subscriptionRefusals,
} satisfies Record<keyof typeof declared, unknown>;

describe.each(Object.entries(cases))('%s is refused for', (_, sentences) => {
  it.each(sentences)('$name', ({ expected, refusal }) => expect(refusal()).toBe(expected));
});
