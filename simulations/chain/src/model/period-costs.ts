import { Fraction } from './fraction.ts';
import { costOfQuantity, isByUse, type PlanPrice, type PlanTerms } from './plan-prices.ts';
import { type Aggregation, quantityOf } from './quantities.ts';

/** A plan in the version of an app that is in force. */
export interface Terms {
  readonly plan: PlanTerms;
  /** By meter; one that is not named adds up. */
  readonly aggregations: Readonly<Record<string, Aggregation>>;
}

/** A use that counts in a period. */
export interface CountedUse {
  readonly usageId: string;
  readonly time: number;
  readonly units: Readonly<Record<string, string>>;
}

/** What a use changes in the line of a price of the period. */
export interface PeriodLine {
  readonly meter: string;
  /** The meter's quantity. */
  readonly before: Fraction;
  readonly after: Fraction;
  readonly tokens: bigint;
}

/** What uses change in what their period costs. */
export interface PeriodChange {
  readonly tokens: bigint;
  /** Prices that one use alone is enough for, before rounding, by meter. */
  readonly exact: ReadonlyMap<string, Fraction>;
  /** Of all prices by the period. */
  readonly lines: readonly PeriodLine[];
  /** What the period's bounds take back or add. */
  readonly bounds: bigint;
}

/** Whether one has to know of the period's other uses to know what a use costs. */
export const isCounted = ({ plan, aggregations }: Terms): boolean =>
  plan.maximumCharge !== undefined ||
  plan.minimumCharge !== undefined ||
  plan.prices.some((price) => !isByUse(price, aggregationOf(aggregations, price.meter)));

/**
 * What it changes that a period has these uses in place of those. There is no rule for single uses:
 * a period's total is a function of the set of its uses, and a use costs the difference that it
 * makes to those that are there. So the order of arrival changes no total, and a correction is the
 * same sum once more.
 *
 * @param least what the period costs at least: its minimum, once it was charged
 */
export function changeOf(
  terms: Terms,
  those: readonly CountedUse[],
  these: readonly CountedUse[],
  least = 0n,
): PeriodChange {
  const [before, after] = [costsOf(terms, those), costsOf(terms, these)];
  const lines = [...after.periods].map(([meter, { quantity, tokens }]) => {
    const was = before.periods.get(meter)!;
    return { meter, before: was.quantity, after: quantity, tokens: tokens - was.tokens };
  });
  const tokens = bounded(terms.plan, after.total, least) - bounded(terms.plan, before.total, least);
  const added = these.find((use) => !those.includes(use));
  return {
    ...{ tokens, lines, bounds: tokens - (after.total - before.total) },
    exact: added ? byUse(terms, added) : new Map(),
  };
}

/** What the uses of a period come to, within the plan's bounds. */
export const totalOf = (terms: Terms, uses: readonly CountedUse[], least = 0n): bigint =>
  bounded(terms.plan, costsOf(terms, uses).total, least);

/**
 * What a period costs at least: the plan's minimum for the part of the period that was subscribed
 * to, rounded half up. Free days are no part of it, or they would not be free.
 *
 * @param subscribedMs of the period, without free days
 */
export const leastOf = ({ plan }: Terms, subscribedMs: number, periodMs: number): bigint =>
  Fraction.of((plan.minimumCharge ?? 0n) * BigInt(subscribedMs), BigInt(periodMs)).nearest;

function bounded({ maximumCharge }: PlanTerms, total: bigint, least: bigint): bigint {
  const most = maximumCharge === undefined || total < maximumCharge ? total : maximumCharge;
  return most < least ? least : most;
}

/** Each use rounded once by what it costs by itself, and each price of the period once. */
function costsOf(terms: Terms, uses: readonly CountedUse[]) {
  const alone = uses.map((use) => [...byUse(terms, use).values()].reduce(sum, Fraction.zero).nearest);
  const periods = new Map(byPeriod(terms).map((price) => [price.meter, costOfPeriod(terms, price, uses)]));
  const byTime = [...periods.values()].map(({ tokens }) => tokens);
  return { periods, total: [...alone, ...byTime].reduce((all, each) => all + each, 0n) };
}

const byPeriod = ({ plan, aggregations }: Terms): readonly PlanPrice[] =>
  plan.prices.filter((price) => !isByUse(price, aggregationOf(aggregations, price.meter)));

/** What a use costs by the prices that need no other use, before rounding. */
export function byUse({ plan, aggregations }: Terms, { units }: Pick<CountedUse, 'units'>): Map<string, Fraction> {
  const exact = new Map<string, Fraction>();
  for (const price of plan.prices) {
    const [aggregation, given] = [aggregationOf(aggregations, price.meter), units[price.meter]];
    if (given === undefined || !isByUse(price, aggregation)) continue;
    const quantity = aggregation === 'count' ? Fraction.of(1n) : Fraction.ofDecimal(given);
    exact.set(price.meter, costOfQuantity(price, quantity));
  }
  return exact;
}

function costOfPeriod({ aggregations }: Terms, price: PlanPrice, uses: readonly CountedUse[]) {
  const { meter } = price;
  const named = uses.filter(({ units }) => units[meter] !== undefined);
  const quantity = quantityOf(
    aggregationOf(aggregations, meter),
    named.map(({ units, ...use }) => ({ ...use, units: units[meter]! })),
  );
  return { quantity, tokens: costOfQuantity(price, quantity).nearest };
}

const aggregationOf = (aggregations: Terms['aggregations'], meter: string): Aggregation => aggregations[meter] ?? 'sum';
const sum = (one: Fraction, other: Fraction): Fraction => one.plus(other);
