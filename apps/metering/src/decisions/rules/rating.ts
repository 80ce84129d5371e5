import { basisPointsOf, largestAmount, operatorPartyId, type Share, type Units } from '@tokengrid/contracts';
import { rateByUse, type UseLine } from '@tokengrid/rating';
import type { KnownTerms, PriceList } from './terms.ts';

/** One price applied to the units of one meter. */
interface RatedLine {
  readonly of: string;
  readonly meter: string;
  readonly units: string;
  readonly unitPrice: string;
}

/** Rating of a use: its cost, the applied prices, and the shares of its earners. */
export interface Rating {
  /** µAIT that the payer pays. */
  readonly tokens: bigint;
  readonly priceVersion: string;
  readonly lines: RatedLine[];
  readonly operatorBps: number;
  /** They sum to `tokens`. */
  readonly shares: Share[];
}

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
  const rated = [app, model]
    .filter((list) => list !== undefined)
    .map((list) => ({ list, cost: rateByUse(units, list.prices) }));
  const lines = rated.flatMap(({ list, cost }) => cost.lines.map((line) => lineOf(list, line)));
  // An app may sell at a flat fee and price nothing; a model that prices none of the used meters
  // has a mistyped meter.
  if (!app && lines.length === 0) return { waitsFor: `price:${payersList.of}` };
  if (rated.some(({ cost }) => cost.tokens > largestAmount)) return { waitsFor: 'correction:amount-over-limit' };
  const gross = rated[0]!.cost.tokens;
  const cost = model ? rated.at(-1)!.cost.tokens : 0n;
  return {
    tokens: gross,
    priceVersion: rated.map(({ list }) => `${list.of}@${list.version}`).join(','),
    lines,
    operatorBps: payersList.operatorBps,
    shares: sharesOf(gross, cost, terms),
  };
}

function lineOf({ of }: PriceList, { meter, units, unitPrice }: UseLine): RatedLine {
  return { of, meter, units, unitPrice };
}

/**
 * Shares of a use in whole µAIT, which sum to `gross`. The operator gets its basis points of gross,
 * rounded half up. For direct use of a model, the provider gets the rest. For an app, the provider
 * gets `cost`, the price of the model units, and the developer the rest, which is negative if the
 * app sells below its cost. Roles stay separate even if one party has two of them.
 */
export function sharesOf(gross: bigint, cost: bigint, { app, model }: KnownTerms): Share[] {
  const fee = basisPointsOf(gross, (app ?? model)?.operatorBps ?? 0);
  const shares: Share[] = [{ role: 'operator', partyId: operatorPartyId, tokens: fee }];
  if (model) shares.push({ role: 'provider', partyId: model.sellerId, tokens: app ? cost : gross - fee });
  if (app) shares.push({ role: 'developer', partyId: app.sellerId, tokens: gross - fee - (model ? cost : 0n) });
  return shares;
}
