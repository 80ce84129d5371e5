import { instantOf, type SlicePrices, type SliceUse } from '@tokengrid/contracts';
import { isCounted, type PriceList } from '../decisions/rules/terms.ts';
import type { SliceTerms } from '../decisions/slices/offer-slice.ts';
import type { Facts, OfferFacts, OfferPrices } from './facts.ts';
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
  for (const use of scope) {
    const terms = termsAt(facts, { ...use, partyId, key, time: instantOf(time) });
    if (!terms.known) return { waitsFor: terms.waitsFor };
    const list = terms.app ?? terms.model;
    // What a use of it costs depends on the uses before it.
    if (list && isCounted(list)) return { waitsFor: list.of.replace('app:', 'plan:') };
    if (list) lists.set(`${list.of} ${list.offer}`, pricesOf(list));
  }
  const next = nextChange(facts, scope, time);
  return { prices: [...lists.values()], ...(next !== undefined && { tariffChangesAt: instantOf(next) }) };
}

const pricesOf = ({ of, offer, version, prices }: PriceList): SlicePrices => ({
  ...{ of, ...(offer !== undefined && { offer }), version },
  prices: prices.map(({ meter, unitPrice, aggregation = 'sum' }) => ({ meter, unitPrice, aggregation })),
});

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
