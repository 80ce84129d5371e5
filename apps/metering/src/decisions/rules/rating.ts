import {
  basisPointsOf,
  divideHalfUp,
  largestAmount,
  operatorPartyId,
  scaled,
  type Share,
  unitPriceScaled,
  type Units,
} from '@tokengrid/contracts';
import type { KnownTerms, PriceList } from './terms.ts';

/** One price applied to the units of one meter. */
export interface RatedLine {
  readonly of: string;
  readonly meter: string;
  readonly units: string;
  readonly unitPrice: string;
}

/** What a use costs, by which prices, and who earns of it. */
export interface Rating {
  /** What the payer pays, µAIT. */
  readonly tokens: bigint;
  readonly priceVersion: string;
  readonly lines: RatedLine[];
  readonly operatorBps: number;
  /** They sum to `tokens`. */
  readonly shares: Share[];
}

/** Units and unit prices carry 6 decimals each, so that a line's product carries 12. */
const productScale = 10n ** 12n;

/**
 * Rates a use. What the payer pays is the price of the app's plan where the use names an app, else the model's. Each of the two is the
 * exact sum of its lines, rounded half up once. A meter that a list does not price costs nothing by that list.
 * @returns what the use waits for instead, when the payer's list prices none of its meters, or an amount is beyond 10^30 µAIT
 */
export function rate(units: Units, terms: KnownTerms): Rating | { readonly waitsFor: string } {
  const { app, model } = terms;
  const payersList = app ?? model;
  if (!payersList) throw new Error('terms name neither an app nor a model');
  const lists = [app, model].filter((list) => list !== undefined);
  const lines = lists.flatMap((list) => linesOf(units, list));
  // An app may sell at a flat fee and price nothing; a model that prices none of what was used is a mistyped meter.
  if (!app && lines.length === 0) return { waitsFor: `price:${payersList.of}` };
  const gross = totalOf(lines, payersList.of);
  const cost = model ? totalOf(lines, model.of) : 0n;
  if (gross > largestAmount || cost > largestAmount) return { waitsFor: 'correction:amount-over-limit' };
  return {
    tokens: gross,
    priceVersion: lists.map((list) => `${list.of}@${list.version}`).join(','),
    lines,
    operatorBps: payersList.operatorBps,
    shares: sharesOf(gross, cost, terms),
  };
}

function linesOf(units: Units, { of, prices }: PriceList): RatedLine[] {
  const lines: RatedLine[] = [];
  // Meters have names of others' choosing, and every object has a `constructor`.
  const counts = new Map(Object.entries(units));
  for (const { meter, unitPrice } of prices) {
    const count = counts.get(meter);
    if (count !== undefined) lines.push({ of, meter, units: count, unitPrice });
  }
  return lines;
}

function totalOf(lines: readonly RatedLine[], of: string): bigint {
  let total = 0n;
  for (const line of lines) if (line.of === of) total += scaled(line.units) * unitPriceScaled(line.unitPrice);
  return divideHalfUp(total, productScale);
}

/**
 * Who earns what of a use, in whole µAIT that sum to `gross`. The operator gets its basis points of gross, rounded half up. Of a model
 * used directly the provider gets the rest. Of an app the provider gets `cost`, the price of the model units, and the developer
 * the rest, which is negative when the app sells below its cost. Roles stay apart even where one party has two of them.
 */
export function sharesOf(gross: bigint, cost: bigint, { app, model }: KnownTerms): Share[] {
  const fee = basisPointsOf(gross, (app ?? model)?.operatorBps ?? 0);
  const shares: Share[] = [{ role: 'operator', partyId: operatorPartyId, tokens: fee }];
  if (model) shares.push({ role: 'provider', partyId: model.sellerId, tokens: app ? cost : gross - fee });
  if (app) shares.push({ role: 'developer', partyId: app.sellerId, tokens: gross - fee - (model ? cost : 0n) });
  return shares;
}
