import {
  type AppRegistryEvent,
  detailOf,
  type EventOf,
  type ManifestFault,
  type ModelOffered,
  type ModelSubmitted,
} from '@tokengrid/contracts';
import { type Answer, type Answers, refusalOf } from '@tokengrid/service';

/** Answers of the app registry's events. */
export const appRegistryAnswers: Answers<AppRegistryEvent> = {
  // Steps of a request: a later event answers.
  NameReserved: 'silent',
  NameConfirmed: 'silent',
  NameRefused: 'silent',
  ModelNamed: 'silent',
  ModelNameRefused: 'silent',
  AppCreated: ({ data: { appId, slug, name, developerId } }) => ({
    status: 201,
    body: { appId, slug, name, developerId, status: 'draft' },
  }),
  VersionDrafted: ({ data: { appId, version, manifest } }) => ({
    status: 201,
    body: { appId, version, status: 'draft', manifest },
  }),
  VersionSubmitted: ({ data }) => versionIs('submitted', data),
  VersionApproved: ({ data }) => versionIs('approved', data),
  VersionRejected: ({ data }) => versionIs('rejected', data, rejectedFor(data)),
  VersionPublished: ({ data }) => versionIs('published', data, publishedFrom(data)),
  VersionDeprecated: ({ data }) => versionIs('deprecated', data),
  VersionWithdrawn: ({ data }) => versionIs('withdrawn', data),
  AppSuspended: ({ data: { appId } }) => ({ status: 200, body: { appId, status: 'suspended' } }),
  AppReinstated: ({ data: { appId } }) => ({ status: 200, body: { appId, status: 'active' } }),
  AppRefused: refusalOf,
  ModelSubmitted: ({ data }) => ({ status: 201, body: { ...offerOf(data), status: 'pending' } }),
  ModelRejected: ({ data: { modelId, reasons } }) => ({ status: 200, body: { modelId, status: 'rejected', reasons } }),
  ModelOffered: ({ data: { priceVersion, effectiveFrom, ...offer } }) => ({
    status: 201,
    body: { ...offerOf(offer), priceVersion, effectiveFrom, status: 'offered' },
  }),
  ModelSuspended: ({ data: { modelId } }) => ({ status: 200, body: { modelId, status: 'suspended' } }),
  ModelReinstated: ({ data: { modelId } }) => ({ status: 200, body: { modelId, status: 'offered' } }),
  ModelWithdrawn: ({ data: { modelId } }) => ({ status: 200, body: { modelId, status: 'withdrawn' } }),
  ModelPriced: ({ data: { modelId, name, prices, operatorBps, priceVersion, effectiveFrom } }) => ({
    status: 201,
    body: { modelId, name, prices: pricesOf(prices), operatorBps, priceVersion, effectiveFrom },
  }),
  ModelPriceWithdrawn: ({ data: { modelId, priceVersion } }) => ({
    status: 200,
    body: { modelId, priceVersion, status: 'withdrawn' },
  }),
  ModelRefused: refusalOf,
  AppSubscribed: ({ data }) => {
    const { subscriptionId, appId, slug, partyId, version, planId, from, trialUntil, seats, credit } = data;
    const { scopes = [], dataUse = [] } = data.consent ?? {};
    return {
      status: 201,
      body: {
        ...{ subscriptionId, appId, slug, partyId, version, planId, from },
        ...(trialUntil !== undefined && { trialUntil }),
        ...(seats !== undefined && { seats }),
        ...{ status: 'active', consent: { scopes, dataUse } },
        ...(credit && { credit: String(credit) }),
      },
    };
  },
  // The subscription answers; what it costs is in the charges.
  SubscriptionRenewed: 'silent',
  SeatsSet: ({ data: { subscriptionId, seats, from, until, fee, credit } }) => ({
    status: 200,
    body: { subscriptionId, seats, from, until, fee: String(fee), credit: String(credit) },
  }),
  SubscriptionUnpaid: 'silent',
  SubscriptionPaid: 'silent',
  ConsentSet: ({ data: { subscriptionId, scopes, dataUse } }) => ({
    status: 200,
    body: { subscriptionId, scopes, dataUse },
  }),
  // A change of plan is answered by the next subscription.
  AppUnsubscribed: ({ data }) => (data.reason === 'changed' ? 'silent' : { status: 204 }),
  SubscriptionRefused: refusalOf,
};

type Submitted = EventOf<typeof ModelSubmitted>['data'];
type Prices = EventOf<typeof ModelOffered>['data']['prices'];

/**
 * An offer in one order of its members: the first answer, of an event as it was decided, is the
 * same text as a repeat's, of the event as it is read.
 */
function offerOf({ dataPromises: promised, ...offer }: Submitted) {
  const { modelId, name, providerId, endpoint, region, capacity, tokenizer, prices, operatorBps } = offer;
  return {
    ...{ modelId, name, providerId, endpoint, region },
    ...(capacity !== undefined && { capacity }),
    ...(tokenizer !== undefined && { tokenizer }),
    ...(promised && { dataPromises: { training: promised.training, retentionDays: promised.retentionDays } }),
    ...{ prices: pricesOf(prices), operatorBps },
  };
}

const pricesOf = (prices: Prices) => prices.map(({ meter, unitPrice }) => ({ meter, unitPrice }));

/** Why a version was rejected, in words: its faults, or the operator's reasons. */
export function rejectedFor({ faults, reasons }: Rejection) {
  if (!faults) return { reasons: reasons ?? [] };
  return { faults: faults.map(({ code, pointer, ...facts }) => ({ code, pointer, detail: detailOf(code, facts) })) };
}

function publishedFrom({ effectiveFrom, subscriptionsFrom }: Publication): Publication {
  return { effectiveFrom, subscriptionsFrom };
}

interface Publication {
  readonly effectiveFrom: string;
  readonly subscriptionsFrom: string | null;
}

interface Rejection {
  readonly faults?: readonly ManifestFault[] | null | undefined;
  readonly reasons?: readonly string[] | null | undefined;
}

function versionIs(
  status: string,
  { appId, version }: { readonly appId: string; readonly version: number },
  more: object = {},
): Answer {
  return { status: 200, body: { appId, version, status, ...more } };
}
