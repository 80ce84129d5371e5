import { instantOf, type SlicePrices, type SliceUse } from '@tokengrid/contracts';
import { type CountedPlan, isCounted, type PriceList } from '../decisions/rules/terms.ts';
import type { SliceTerms } from '../decisions/slices/offer-slice.ts';
import type { SetAside } from '../decisions/state/slices.ts';
import { type Facts, type OfferFacts, type OfferPrices, subscriptionAt } from './facts.ts';
import { countedBy, SubscribedPlan } from './plan-terms.ts';
import { termsAt } from './terms-at.ts';

/** Whose slice it is, and what it may be spent on. */
interface Named {
  readonly partyId: string;
  readonly key?: string | undefined;
  readonly scope: readonly SliceUse[];
}

/**
 * Terms of a slice at a time: the price lists that its payer pays by, each once, and when they
 * change next; or the first thing that is not known here.
 * @param time epoch milliseconds
 */
export function sliceTermsAt(facts: Facts, { partyId, key, scope }: Named, time: number): SliceTerms {
  const lists = new Map<string, SlicePrices>();
  const counted = new Map<string, CountedPlan>();
  for (const use of scope) {
    const terms = termsAt(facts, { ...use, partyId, key, time: instantOf(time) });
    if (!terms.known) return { waitsFor: terms.waitsFor };
    const list = terms.app ?? terms.model;
    if (list && isCounted(list)) counted.set(list.of, list);
    else if (list) lists.set(`${list.of} ${list.offer}`, pricesOf(list));
  }
  const changes = scope.flatMap(({ app }) => (app === undefined ? [] : changesOfPlan(facts, app, partyId, time)));
  const next = earliest([nextChange(facts, scope, time), ...changes.filter((at) => at > time)]);
  const plans = counted.size > 0 ? { counted: [...counted.values()] } : {};
  return { prices: [...lists.values()], ...plans, ...(next !== undefined && { tariffChangesAt: instantOf(next) }) };
}

const pricesOf = ({ of, offer, version, prices }: PriceList): SlicePrices => ({
  ...{ of, ...(offer !== undefined && { offer }), version },
  prices: prices.map(({ meter, unitPrice, aggregation = 'sum' }) => ({ meter, unitPrice, aggregation })),
});

const earliest = (times: readonly (number | undefined)[]): number | undefined => {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
};

/** Ends of a payer's plan as it is now: of its month, its free trial and its subscription. */
function changesOfPlan(facts: Facts, slug: string, partyId: string, time: number): readonly number[] {
  const app = facts.apps.get(slug);
  const subscription = subscriptionAt(facts, slug, partyId, time);
  if (!app || !subscription) return [];
  const plan = new SubscribedPlan(slug, app, subscription);
  const month = plan.countedPartAt(time);
  return [
    plan.trialUntil,
    ...(subscription.until === null ? [] : [subscription.until]),
    ...(month ? [month.until] : []),
  ];
}

/** Terms of a period in which units are set aside; undefined for an app that is not known here. */
export function planOfAside({ apps }: Facts, { priceVersion, subscriptionId, from, until }: SetAside) {
  const [of, version] = priceVersion.split('@') as [string, string];
  const [, slug, plan] = of.split(':') as [string, string, string];
  const app = apps.get(slug);
  if (!app) return undefined;
  const counted: CountedPlan = {
    ...{ of, plan, sellerId: app.developerId, version: Number(version), versions: countedBy(app, plan) },
    period: { subscriptionId, from, until },
  };
  return counted;
}

/** App of a period in which units are set aside. */
export const appOfAside = ({ priceVersion }: SetAside): string => priceVersion.split(':')[1]!;

/** A price list that takes effect at a time, unless it is withdrawn before. */
type Dated = Pick<OfferPrices, 'effectiveFrom' | 'withdrawn'>;

/** When the next price list of a scope takes effect, as far as it is known. */
function nextChange({ models, apps }: Facts, scope: readonly SliceUse[], time: number): number | undefined {
  const dated = scope.flatMap<Dated>(({ app, model, offer }) =>
    app === undefined ? pricesBy(models.get(model ?? '') ?? [], offer) : (apps.get(app)?.versions ?? []),
  );
  const ahead = dated.filter(({ effectiveFrom, withdrawn }) => effectiveFrom > time && !withdrawn);
  return ahead.length === 0 ? undefined : Math.min(...ahead.map(({ effectiveFrom }) => effectiveFrom));
}

/** Price lists of an offer, or of all of a model's where none is named. */
const pricesBy = (offers: readonly OfferFacts[], named: string | undefined) =>
  offers.filter(({ offer }) => named === undefined || offer === named).flatMap(({ prices }) => prices);
