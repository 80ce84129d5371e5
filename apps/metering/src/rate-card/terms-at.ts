import type { CountedPlan, PriceList, Terms } from '../decisions/rules/terms.ts';
import type { Use } from '../decisions/state/payer.ts';
import { operatorPartyId } from '@tokengrid/contracts';
import { consentAt, type Facts, inForceAt, isPausedAt, latestFrom, type OfferFacts, subscriptionAt } from './facts.ts';
import { SubscribedPlan } from './plan-terms.ts';

/** Part of a use that determines its terms. */
export type Named = Pick<Use, 'app' | 'model' | 'offer' | 'key' | 'time'> & {
  readonly partyId: string;
  /** Reporter; absent: the operator. */
  readonly reportedBy?: string;
};

/** Terms, or the missing thing. */
type Found<T> = T | { readonly waitsFor: string };

/**
 * Terms in force at a use's own time, however late it is rated. Missing things are reported one at
 * a time: the party, then the key, the app, the subscription, its plan's prices, and the model's
 * offer.
 */
export function termsAt(facts: Facts, { partyId, app, model, offer, key, time, reportedBy }: Named): Terms {
  const at = Date.parse(time);
  if (!facts.parties.has(partyId)) return unknown(`party:${partyId}`);
  if (key !== undefined && facts.keys.get(key) !== partyId) return unknown(`key:${partyId}:${key}`);
  const isOperators = reportedBy === undefined || reportedBy === operatorPartyId;
  const ofApp = app === undefined ? undefined : appTerms(facts, app, partyId, at, isOperators);
  if (ofApp && 'waitsFor' in ofApp) return unknown(ofApp.waitsFor);
  const ofModel = model === undefined ? undefined : modelPrices(facts.models.get(model) ?? [], { model, offer }, at);
  if (ofModel && 'waitsFor' in ofModel) return unknown(ofModel.waitsFor);
  if (at > facts.pricesKnownUntil) return unknown(laterPrices);
  const memberOf = facts.sharedWallets?.get(partyId);
  const shared = memberOf === undefined ? {} : { memberOf };
  return { known: true, ...(ofApp && { app: ofApp }), ...(ofModel && { model: ofModel }), ...shared };
}

/**
 * Missing thing named by a use from a time of which prices may be missing, or of something about
 * which an event can't be read.
 */
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
function modelPrices(offers: readonly OfferFacts[], { model, offer }: Served, at: number): Found<PriceList> {
  if (offer !== undefined) {
    const named = offers.find((each) => each.offer === offer);
    if (!named) return { waitsFor: `model:${model}:${offer}` };
    if (named.isHeldBack) return { waitsFor: laterPrices };
    return isPausedAt(named.pauses, at) ? { waitsFor: `suspended:${offer}` } : offerPrices(named, model, at);
  }
  if (offers.some(({ isHeldBack }) => isHeldBack)) return { waitsFor: laterPrices };
  const begun = offers.filter((each) => startOf(each) <= at);
  const onOffer = begun.filter(({ pauses }) => !isPausedAt(pauses, at));
  if (begun.length > 0 && onOffer.length === 0) return { waitsFor: `suspended:${model}` };
  const first = Math.min(...offers.map(startOf));
  const [only, other] = begun.length > 0 ? onOffer : offers.filter((each) => startOf(each) === first);
  if (!only) return { waitsFor: `model:${model}` };
  return other ? { waitsFor: `offer:${model}` } : offerPrices(only, model, at);
}

const startOf = ({ prices }: OfferFacts): number => Math.min(...prices.map(({ effectiveFrom }) => effectiveFrom));

function offerPrices({ offer, providerId: sellerId, prices }: OfferFacts, model: string, at: number): Found<PriceList> {
  const inForce = latestFrom(inForceAt(prices, at), (list) => list.version);
  if (!inForce) return { waitsFor: `model:${model}` };
  const { version, operatorBps } = inForce;
  return { of: `model:${model}`, offer, version, prices: inForce.prices, operatorBps, sellerId };
}

/**
 * Terms of the subscribed plan. Of a developer's report, no use is charged that was before its
 * payer subscribed.
 */
function appTerms(
  facts: Facts,
  slug: string,
  partyId: string,
  at: number,
  isOperators: boolean,
): Found<PriceList | CountedPlan> {
  const app = facts.apps.get(slug);
  if (app?.isHeldBack) return { waitsFor: laterPrices };
  if (!app || inForceAt(app.versions, at).length === 0) return { waitsFor: `app:${slug}` };
  if (isPausedAt(app.pauses, at)) return { waitsFor: `suspended:${slug}` };
  const subscription = (isOperators ? subscriptionAt : consentAt)(facts, slug, partyId, at);
  if (!subscription) return { waitsFor: `subscription:${slug}:${partyId}` };
  if (subscription.isHeldBack) return { waitsFor: laterPrices };
  const terms = new SubscribedPlan(slug, app, subscription).at(at);
  return terms ?? { waitsFor: `plan:${slug}:${subscription.planId}` };
}
