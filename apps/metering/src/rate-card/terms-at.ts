import { isByUse, type UsePrice } from '@tokengrid/rating';
import type { PriceList, Terms } from '../decisions/rules/terms.ts';
import type { Use } from '../decisions/state/payer.ts';
import {
  type Facts,
  latestFrom,
  type MeteredPrice,
  type PlanFacts,
  subscriptionAt,
  type SubscriptionFacts,
  type VersionFacts,
} from './facts.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** Part of a use that determines its terms. */
export type Named = Pick<Use, 'app' | 'model' | 'key' | 'time'> & { readonly partyId: string };

/** An entry that takes effect at a time, unless it was withdrawn before. */
type Dated = { readonly effectiveFrom: number; readonly withdrawn?: boolean };

/** A price list, or the missing thing. */
type Found = PriceList | { readonly waitsFor: string };

/**
 * Terms in force at a use's own time, however late it is rated. Missing things are reported one at
 * a time: the party, then the key, the app, the subscription, its plan's prices, and the model.
 */
export function termsAt(facts: Facts, { partyId, app, model, key, time }: Named): Terms {
  const at = Date.parse(time);
  if (!facts.parties.has(partyId)) return unknown(`party:${partyId}`);
  if (key !== undefined && facts.keys.get(key) !== partyId) return unknown(`key:${partyId}:${key}`);
  const appList = app === undefined ? undefined : appPrices(facts, app, partyId, at);
  if (appList && 'waitsFor' in appList) return unknown(appList.waitsFor);
  const modelList = model === undefined ? undefined : modelPrices(facts, model, at);
  if (modelList && 'waitsFor' in modelList) return unknown(modelList.waitsFor);
  return { known: true, ...(appList && { app: appList }), ...(modelList && { model: modelList }) };
}

const unknown = (waitsFor: string): Terms => ({ known: false, waitsFor });

function modelPrices(facts: Facts, name: string, at: number): Found {
  const model = facts.models.get(name);
  const inForce = latestFrom(inForceAt(model?.prices ?? [], at), (list) => list.version);
  if (!model || !inForce) return { waitsFor: `model:${name}` };
  const { providerId, operatorBps } = model;
  return { of: `model:${name}`, version: inForce.version, prices: inForce.prices, operatorBps, sellerId: providerId };
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
  const subscription = subscriptionAt(facts, slug, partyId, at);
  if (!subscription) return { waitsFor: `subscription:${slug}:${partyId}` };
  const { planId } = subscription;
  const version = latestFrom(
    inForce.filter((each) => each.plans.some(({ id }) => id === planId) && holdsFor(subscription, each)),
    ({ effectiveFrom }) => effectiveFrom,
  );
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
 * Whether a subscription is charged by a version. One that was deprecated before the subscription
 * began, or before it was in force, was never shown to it; the subscription's own version holds.
 */
function holdsFor(subscription: SubscriptionFacts, { version, effectiveFrom, deprecatedAt }: VersionFacts): boolean {
  if (deprecatedAt === undefined || version === subscription.version) return true;
  return deprecatedAt > Math.max(subscription.from, effectiveFrom);
}

function usePriceOf({ meter, unitPrice, aggregation }: MeteredPrice): UsePrice {
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
