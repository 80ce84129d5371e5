import { largestAmount, type RatedUse, type Units, type UseLine } from '@tokengrid/contracts';
import { rateByUse, type UseCost } from '@tokengrid/rating';
import { type CountedUse, type Counting, countUse } from './counting.ts';
import { sharesOf } from './shares.ts';
import { type CountedPlan, isCounted, type KnownTerms, type PriceList } from './terms.ts';

/** Rating of a use: its cost, the applied prices, and the shares of its earners. */
export type Rating = Pick<
  RatedUse,
  | 'offer'
  | 'plan'
  | 'tokens'
  | 'priceVersion'
  | 'lines'
  | 'costs'
  | 'operatorBps'
  | 'shares'
  | 'subsidy'
  | 'counted'
  | 'trial'
  | 'memberOf'
>;

/** Reason why a use is not rated: the thing that it waits for. */
interface Waits {
  readonly waitsFor: string;
}

/** What the payer pays for a use. */
type Price = Pick<Rating, 'tokens' | 'lines' | 'operatorBps' | 'counted' | 'trial'> & { readonly version: number };

/** A use, as far as its cost depends on it. */
export type Rateable = CountedUse;

/**
 * Rates a use. What the payer pays is the price of the app's plan where the use names an app, else
 * the model's. Each of the two is rounded once, on the sum of its lines; a plan that counts over
 * the subscription's period costs what the period's total grows by. A meter that a list does not
 * price costs nothing by that list.
 * @returns what the use waits for instead: the model prices none of its meters, an amount is beyond
 * 10^30 µAIT, or the period can't count it
 */
export function rate(use: Rateable, terms: KnownTerms, payer: Counting): Rating | Waits {
  const { app, model } = terms;
  const payersList = app ?? model;
  if (!payersList) throw new Error('terms name neither an app nor a model');
  const price = isCounted(payersList) ? countedPrice(use, payersList, payer) : usePrice(use.units, payersList);
  if ('waitsFor' in price) return price;
  const cost = app && model ? rateByUse(use.units, model.prices) : undefined;
  // An app may sell at a flat fee and price nothing; a model that prices none of the used meters
  // has a mistyped meter.
  if (!app && price.lines.length === 0) return { waitsFor: `price:${payersList.of}` };
  if (cost && cost.tokens >= largestAmount) return needsCorrection('amount-over-limit');
  return ratingOf(terms, price, cost);
}

/** Uses that only a correction can rate wait for one. */
export const correction = 'correction:';
const needsCorrection = (reason: string): Waits => ({ waitsFor: `${correction}${reason}` });

function usePrice(units: Units, list: PriceList): Price | Waits {
  const { tokens, lines } = rateByUse(units, list.prices);
  if (tokens > largestAmount) return needsCorrection('amount-over-limit');
  const { operatorBps, version, isTrial } = list;
  return { tokens, lines: linesOf(list, lines), operatorBps, version, ...(isTrial && { trial: isTrial }) };
}

function countedPrice(use: Rateable, plan: CountedPlan, payer: Counting): Price | Waits {
  const result = countUse(payer, plan, use);
  if (typeof result === 'string') return needsCorrection(result);
  const { rated, counted, operatorBps, version } = result;
  const lines = rated.lines.map((line) => ({ of: plan.of, ...line }));
  return { tokens: rated.tokens, lines, operatorBps, version, counted };
}

function ratingOf({ app, model, memberOf }: KnownTerms, price: Price, cost: UseCost | undefined): Rating {
  const { tokens, lines, operatorBps, version, counted, trial } = price;
  const payersList = (app ?? model)!;
  const versions = [`${payersList.of}@${version}`, ...(app && model ? [`${model.of}@${model.version}`] : [])];
  return {
    ...(model?.offer !== undefined && { offer: model.offer }),
    ...(payersList.plan !== undefined && { plan: payersList.plan }),
    ...{ tokens, priceVersion: versions.join(','), lines },
    ...(cost && model && { costs: linesOf(model, cost.lines) }),
    operatorBps,
    ...sharesOf(tokens, cost?.tokens ?? 0n, { operatorBps, app, model }),
    ...(counted && { counted }),
    ...(trial && { trial }),
    ...(memberOf !== undefined && { memberOf }),
  };
}

function linesOf({ of }: PriceList, lines: readonly Omit<UseLine, 'of'>[]): UseLine[] {
  return lines.map((line) => ({ of, ...line }));
}
