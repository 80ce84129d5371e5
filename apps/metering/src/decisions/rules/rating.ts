import {
  basisPointsOf,
  largestAmount,
  operatorPartyId,
  type RatedUse,
  type Share,
  type Units,
  type UseLine,
} from '@tokengrid/contracts';
import { rateByUse } from '@tokengrid/rating';
import type { KnownTerms, PriceList } from './terms.ts';

/** Rating of a use: its cost, the applied prices, and the shares of its earners. */
export type Rating = Pick<
  RatedUse,
  'offer' | 'plan' | 'tokens' | 'priceVersion' | 'lines' | 'costs' | 'operatorBps' | 'shares' | 'subsidy'
>;

/**
 * Rates a use. What the payer pays is the price of the app's plan where the use names an app, else
 * the model's. Each of the two is rounded once, on the sum of its lines. A meter that a list does
 * not price costs nothing by that list.
 * @returns what the use waits for instead: the model prices none of its meters, or an amount is
 * beyond 10^30 µAIT
 */
export function rate(units: Units, terms: KnownTerms): Rating | { readonly waitsFor: string } {
  const { app, model } = terms;
  const payersList = app ?? model;
  if (!payersList) throw new Error('terms name neither an app nor a model');
  const price = rateByUse(units, payersList.prices);
  const cost = app && model ? rateByUse(units, model.prices) : undefined;
  // An app may sell at a flat fee and price nothing; a model that prices none of the used meters
  // has a mistyped meter.
  if (!app && price.lines.length === 0) return { waitsFor: `price:${payersList.of}` };
  if (price.tokens > largestAmount || (cost && cost.tokens >= largestAmount))
    return { waitsFor: 'correction:amount-over-limit' };
  const lists = app && model ? [app, model] : [payersList];
  return {
    ...(model?.offer !== undefined && { offer: model.offer }),
    ...(payersList.plan !== undefined && { plan: payersList.plan }),
    tokens: price.tokens,
    priceVersion: lists.map(({ of, version }) => `${of}@${version}`).join(','),
    lines: linesOf(payersList, price.lines),
    ...(cost && model && { costs: linesOf(model, cost.lines) }),
    operatorBps: payersList.operatorBps,
    ...sharesOf(price.tokens, cost?.tokens ?? 0n, terms),
  };
}

function linesOf({ of }: PriceList, lines: readonly Omit<UseLine, 'of'>[]): UseLine[] {
  return lines.map((line) => ({ of, ...line }));
}

/**
 * Shares of a use in whole µAIT, none negative, which sum to `gross`. The operator gets its basis
 * points of gross, rounded half up. For direct use of a model, the provider gets the rest. For an
 * app, the provider gets `cost`, the price of the model units, or what gross leaves for it, and the
 * developer the rest. What gross does not leave of `cost` is the developer's `subsidy`. Roles stay
 * separate even if one party has two of them.
 */
export function sharesOf(
  gross: bigint,
  cost: bigint,
  { app, model }: KnownTerms,
): Required<Pick<Rating, 'shares'>> & Pick<Rating, 'subsidy'> {
  const fee = basisPointsOf(gross, (app ?? model)?.operatorBps ?? 0);
  const left = gross - fee;
  const provided = app && cost < left ? cost : left;
  const shares: Share[] = [{ role: 'operator', partyId: operatorPartyId, tokens: fee }];
  if (model) shares.push({ role: 'provider', partyId: model.sellerId, tokens: provided });
  if (app) shares.push({ role: 'developer', partyId: app.sellerId, tokens: model ? left - provided : left });
  if (!app || !model || cost === provided) return { shares };
  return { shares, subsidy: { partyId: app.sellerId, tokens: cost - provided } };
}
