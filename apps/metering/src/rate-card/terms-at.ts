import { isByUse, type UsePrice } from '@tokengrid/rating';
import type { PriceList, Terms } from '../decisions/rules/terms.ts';
import type { Use } from '../decisions/state/payer.ts';
import {
  type Facts,
  isPausedAt,
  latestFrom,
  type MeteredPrice,
  type OfferFacts,
  type PlanFacts,
  subscriptionAt,
  type SubscriptionFacts,
  type VersionFacts,
} from './facts.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** Part of a use that determines its terms. */
export type Named = Pick<Use, 'app' | 'model' | 'offer' | 'key' | 'time'> & { readonly partyId: string };

/** An entry that takes effect at a time, unless it was withdrawn before. */
type Dated = { readonly effectiveFrom: number; readonly withdrawn?: boolean };

/** A price list, or the missing thing. */
type Found = PriceList | { readonly waitsFor: string };

/**
 * Terms in force at a use's own time, however late it is rated. Missing things are reported one at
 * a time: the party, then the key, the app, the subscription, its plan's prices, and the model's
 * offer.
 */
export function termsAt(facts: Facts, { partyId, app, model, offer, key, time }: Named): Terms {
  const at = Date.parse(time);
  if (!facts.parties.has(partyId)) return unknown(`party:${partyId}`);
  if (key !== undefined && facts.keys.get(key) !== partyId) return unknown(`key:${partyId}:${key}`);
  const appList = app === undefined ? undefined : appPrices(facts, app, partyId, at);
  if (appList && 'waitsFor' in appList) return unknown(appList.waitsFor);
  const modelList = model === undefined ? undefined : modelPrices(facts.models.get(model) ?? [], { model, offer }, at);
  if (modelList && 'waitsFor' in modelList) return unknown(modelList.waitsFor);
  if (at > facts.pricesKnownUntil) return unknown(laterPrices);
  return { known: true, ...(appList && { app: appList }), ...(modelList && { model: modelList }) };
}

/** Missing thing named by a use from a time of which prices may be missing. */
export const laterPrices = 'prices';

const unknown = (waitsFor: string): Terms => ({ known: false, waitsFor });

/** A model, and the offer of it that served, if it is known. */
interface Served {
  readonly model: string;
  readonly offer?: string | undefined;
}

/**
 * Prices of the offer that served; without its name, of the only one on offer then. Before the
 * first price of any, the first one applies.
 */
function modelPrices(offers: readonly OfferFacts[], { model, offer }: Served, at: number): Found {
  if (offer !== undefined) {
    const named = offers.find((each) => each.offer === offer);
    if (!named) return { waitsFor: `model:${model}:${offer}` };
    return isPausedAt(named.pauses, at) ? { waitsFor: `suspended:${offer}` } : offerPrices(named, model, at);
  }
  const begun = offers.filter((each) => startOf(each) <= at);
  const onOffer = begun.filter(({ pauses }) => !isPausedAt(pauses, at));
  if (begun.length > 0 && onOffer.length === 0) return { waitsFor: `suspended:${model}` };
  const first = Math.min(...offers.map(startOf));
  const [only, other] = begun.length > 0 ? onOffer : offers.filter((each) => startOf(each) === first);
  if (!only) return { waitsFor: `model:${model}` };
  return other ? { waitsFor: `offer:${model}` } : offerPrices(only, model, at);
}

const startOf = ({ prices }: OfferFacts): number => Math.min(...prices.map(({ effectiveFrom }) => effectiveFrom));

function offerPrices({ offer, providerId: sellerId, prices }: OfferFacts, model: string, at: number): Found {
  const inForce = latestFrom(inForceAt(prices, at), (list) => list.version);
  if (!inForce) return { waitsFor: `model:${model}` };
  const { version, operatorBps } = inForce;
  return { of: `model:${model}`, offer, version, prices: inForce.prices, operatorBps, sellerId };
}

/**
 * Entries in force by a time, without withdrawn ones. Before the first price list, the first one
 * applies: a use reported before its model or app was known waits for it, and is rated when it
 * arrives (domain.md, metering), though it was used earlier.
 */
function inForceAt<T extends Dated>(all: readonly T[], at: number): readonly T[] {
  const entries = all.filter(({ withdrawn }) => !withdrawn);
  const inForce = entries.filter(({ effectiveFrom }) => effectiveFrom <= at);
  if (inForce.length > 0) return inForce;
  const first = Math.min(...entries.map(({ effectiveFrom }) => effectiveFrom));
  return entries.filter(({ effectiveFrom }) => effectiveFrom === first);
}

/**
 * Prices of the subscribed plan, from the latest version in force that has the plan: a published
 * price never changes, and a later version's prices take effect from their time on.
 */
function appPrices(facts: Facts, slug: string, partyId: string, at: number): Found {
  const app = facts.apps.get(slug);
  const inForce = inForceAt(app?.versions ?? [], at);
  if (!app || inForce.length === 0) return { waitsFor: `app:${slug}` };
  if (isPausedAt(app.pauses, at)) return { waitsFor: `suspended:${slug}` };
  const subscription = subscriptionAt(facts, slug, partyId, at);
  if (!subscription) return { waitsFor: `subscription:${slug}:${partyId}` };
  const { planId } = subscription;
  const version = versionFor(app.versions, subscription, at);
  const plan = version?.plans.find(({ id }) => id === planId);
  if (!version || !plan || !isPerUse(plan, subscription, at)) return { waitsFor: `plan:${slug}:${planId}` };
  return {
    of: `app:${slug}:${planId}`,
    plan: planId,
    version: version.version,
    prices: plan.prices.map(usePriceOf),
    operatorBps: version.operatorBps,
    sellerId: app.developerId,
  };
}

/**
 * Version by which a subscription is charged: the one that the catalogue showed to it, until a
 * later one that has the plan is in force for earlier subscriptions, too. A version that was
 * deprecated before that, or before the subscription, never is.
 */
function versionFor(
  versions: readonly VersionFacts[],
  { planId, version, from }: SubscriptionFacts,
  at: number,
): VersionFacts | undefined {
  const own = versions.find((each) => each.version === version);
  if (!own) return undefined;
  const later = versions.filter(
    ({ withdrawn, effectiveFrom, subscriptionsFrom, deprecatedAt = Infinity, plans }) =>
      !withdrawn &&
      effectiveFrom > own.effectiveFrom &&
      subscriptionsFrom !== null &&
      subscriptionsFrom <= at &&
      Math.max(subscriptionsFrom, from) < deprecatedAt &&
      plans.some(({ id }) => id === planId),
  );
  return latestFrom([own, ...later], ({ effectiveFrom }) => effectiveFrom);
}

/** A price of a plan that a use determines by itself. */
export function usePriceOf({ meter, unitPrice, aggregation }: MeteredPrice): UsePrice {
  return { meter, unitPrice: unitPrice!, aggregation: aggregation === 'count' ? 'count' : 'sum' };
}

/**
 * Whether each use of a plan tells its cost by itself. Packages, tiers, included units, minimum and
 * maximum charges, and meters that neither sum nor count, count over a subscription's period. A use
 * of such a plan waits, as one in a trial does.
 */
function isPerUse({ prices, trialDays = 0, isBounded }: PlanFacts, { from }: SubscriptionFacts, at: number): boolean {
  const inTrial = at >= from && at < from + trialDays * dayMs;
  return !inTrial && !isBounded && prices.every((price) => isByUse(price, price.aggregation ?? 'sum'));
}
