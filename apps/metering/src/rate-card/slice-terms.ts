import { instantOf, type SlicePrices, type SliceUse } from '@tokengrid/contracts';
import type { PriceList } from '../decisions/rules/terms.ts';
import type { SliceTerms } from '../decisions/slices/offer-slice.ts';
import type { Facts } from './facts.ts';
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
    if (list) lists.set(list.of, pricesOf(list));
  }
  const next = nextChange(facts, scope, time);
  return { prices: [...lists.values()], ...(next !== undefined && { tariffChangesAt: instantOf(next) }) };
}

const pricesOf = ({ of, version, prices }: PriceList): SlicePrices => ({
  ...{ of, version },
  prices: prices.map(({ meter, unitPrice, aggregation = 'sum' }) => ({ meter, unitPrice, aggregation })),
});

/** When the next price list of a scope takes effect, as far as it is known. */
function nextChange({ models, apps }: Facts, scope: readonly SliceUse[], time: number): number | undefined {
  const dated = scope.flatMap(({ app, model }) => [
    ...((app !== undefined && apps.get(app)?.versions) || []),
    ...((app === undefined && model !== undefined && models.get(model)?.prices) || []),
  ]);
  const ahead = dated.filter(({ effectiveFrom, withdrawn }) => effectiveFrom > time && !withdrawn);
  return ahead.length === 0 ? undefined : Math.min(...ahead.map(({ effectiveFrom }) => effectiveFrom));
}
