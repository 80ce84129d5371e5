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

/** What a price of a period came to before a use, and after it. */
export interface PeriodLine {
  readonly meter: string;
  readonly before: bigint;
  readonly after: bigint;
}

/** What uses change in what their period costs. */
export interface PeriodChange {
  readonly tokens: bigint;
  /** Prices that one use alone is enough for, before rounding, by meter. */
  readonly exact: ReadonlyMap<string, Fraction>;
  /** Prices by the period that the use names the meter of. */
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
  const named = [...before.periods.keys()].filter((meter) => before.periods.get(meter) !== after.periods.get(meter));
  const lines = named.map((meter) => ({
    ...{ meter, before: before.periods.get(meter)!, after: after.periods.get(meter)! },
  }));
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
  return { periods, total: [...alone, ...periods.values()].reduce((all, each) => all + each, 0n) };
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

function costOfPeriod({ aggregations }: Terms, price: PlanPrice, uses: readonly CountedUse[]): bigint {
  const { meter } = price;
  const readings = uses.flatMap(({ units, ...use }) =>
    units[meter] === undefined ? [] : [{ ...use, units: units[meter] }],
  );
  return costOfQuantity(price, quantityOf(aggregationOf(aggregations, meter), readings)).nearest;
}

const aggregationOf = (aggregations: Terms['aggregations'], meter: string): Aggregation => aggregations[meter] ?? 'sum';
const sum = (one: Fraction, other: Fraction): Fraction => one.plus(other);
