import { decimalOf, largestAmount, scaled, type Units } from '@tokengrid/contracts';
import { rateByUse, type UseLine, type UsePrice } from './by-use.ts';
import {
  type Counter,
  counterAt,
  counted,
  emptyCounter,
  quantityOf,
  type Reading,
  takenBack,
  type Uncountable,
} from './counter.ts';
import { oneUnit } from './decimals.ts';
import { type Aggregation, type Formula, formulaOf, isByUse, lineOf, type PlanPrice } from './price.ts';

/** Charges of a plan for uses, as in a manifest. */
export interface Plan {
  readonly prices: readonly PlanPrice[];
  readonly maximumCharge?: bigint | undefined;
}

/** A plan's prices, ready to rate by. */
export interface PlanTerms {
  readonly byUse: readonly UsePrice[];
  readonly byPeriod: readonly PeriodPrice[];
  readonly maximum: bigint | undefined;
}

interface PeriodPrice {
  readonly meter: string;
  readonly aggregation: Aggregation;
  readonly formula: Formula;
}

/** The parts of a use that its cost depends on. */
export interface MeasuredUse {
  readonly units: Units;
  /** Time of the use, epoch milliseconds. */
  readonly time: number;
  /** Distinguishes uses of a payer, such as the use's id. */
  readonly key: string;
}

/** State of a subscription's period. Small, and bounded; see the README. */
export interface Period {
  /** All lines before minimum and maximum, µAIT. */
  readonly lines: bigint;
  /** Lower bound of the total: 0 until the period is closed. */
  readonly minimum: bigint;
  /** By meter, those with a price by the period alone. */
  readonly counters: ReadonlyMap<string, Counter>;
}

/** A change of a period. Events carry it, so that `evolvePeriod` needs no prices. */
export interface PeriodChange {
  readonly counted: readonly Reading[];
  readonly takenBack: readonly Reading[];
  /** Growth of the lines, before minimum and maximum; negative where they fell. */
  readonly lines: bigint;
  /** Set when the period is closed. */
  readonly minimum?: bigint | undefined;
}

/** Growth of the line of a price by the period. */
interface PeriodLine {
  readonly kind: 'period';
  readonly meter: string;
  /**
   * The meter's quantity in the period before and after, decimal strings: the line of each follows
   * from the price.
   */
  readonly before: string;
  readonly after: string;
  readonly tokens: bigint;
}

/** Amount that a plan's minimum adds, or its maximum takes back. */
interface BoundLine {
  readonly kind: 'minimum' | 'maximum';
  readonly tokens: bigint;
}

/** Cost of a use, a correction or the end of a period; negative if tokens are given back. */
export interface Rated {
  readonly tokens: bigint;
  /** Their tokens add up to `tokens`. */
  readonly lines: readonly (UseLine | PeriodLine | BoundLine)[];
  readonly change: PeriodChange;
}

/** Reason why a use can't be rated; see the bounds in the README. */
export type Unrated = Uncountable | 'amount-over-limit';

/** Units that are counted as used though they are not yet, by meter, × 10^6. */
export interface Aside {
  readonly units: ReadonlyMap<string, bigint>;
  /** Time and name by which they are counted. */
  readonly time: number;
  readonly key: string;
}

/** A period without uses. */
export const emptyPeriod: Period = { lines: 0n, minimum: 0n, counters: new Map() };

/** A period with quantities by meter, of unknown uses: a quote of the next use begins with it. */
export function periodAt(terms: PlanTerms, quantities: Units): Period | Unrated {
  const sums = terms.byUse.map(({ meter, unitPrice }) => ({ meter, unitPrice }));
  let lines = rateByUse(quantities, sums).tokens;
  const counters = new Map<string, Counter>();
  for (const { meter, aggregation, formula } of terms.byPeriod) {
    if (!Object.hasOwn(quantities, meter)) continue;
    const quantity = scaled(quantities[meter]!);
    const counter = counterAt(aggregation, quantity);
    if (typeof counter === 'string') return counter;
    counters.set(meter, counter);
    lines += lineOf(formula, quantity);
  }
  return lines > largestAmount ? 'amount-over-limit' : { lines, minimum: 0n, counters };
}

/** A plan's terms. Meters that are not declared are sums. */
export function termsOf({ prices, maximumCharge }: Plan, aggregations: ReadonlyMap<string, Aggregation>): PlanTerms {
  const byUse: UsePrice[] = [];
  const byPeriod: PeriodPrice[] = [];
  for (const price of prices) {
    const aggregation = aggregations.get(price.meter) ?? 'sum';
    if (isByUse(price, aggregation)) byUse.push(usePriceOf(price, aggregation));
    else byPeriod.push({ meter: price.meter, aggregation, formula: formulaOf(price) });
  }
  return { byUse, byPeriod, maximum: maximumCharge };
}

function usePriceOf({ meter, unitPrice }: PlanPrice, aggregation: Aggregation): UsePrice {
  if (unitPrice === undefined) throw new Error(`the price of ${meter} has no unitPrice`);
  return { meter, unitPrice, aggregation: aggregation === 'count' ? 'count' : 'sum' };
}

/** Total of a period, µAIT: the sum of all differences so far, never below 0. */
export function totalOf(terms: PlanTerms, period: Period): bigint {
  const { maximum, minimum } = boundsOf(terms, period);
  return period.lines + maximum + minimum;
}

/** Rates a use, however late it is: the period's total with it, less the total without it. */
export function rateInPeriod(terms: PlanTerms, period: Period, use: MeasuredUse): Rated | Unrated {
  return difference(terms, period, undefined, use);
}

/**
 * Rates the replacement of a use; without `is`, its void. `was` is the use as it was last counted.
 */
export function correctInPeriod(
  terms: PlanTerms,
  period: Period,
  was: MeasuredUse,
  is: MeasuredUse | undefined,
): Rated | Unrated {
  return difference(terms, period, was, is);
}

/**
 * Rates a use in place of units that were set aside for it; without a use, these are taken back.
 * Only meters whose quantity adds up have any.
 */
export function rateAside(
  terms: PlanTerms,
  period: Period,
  aside: Aside,
  is: MeasuredUse | undefined,
): Rated | Unrated {
  return difference(terms, period, undefined, is, aside);
}

/** Closes a period: the rest of its minimum is charged. `minimum` is prorated already. */
export function closePeriod(terms: PlanTerms, period: Period, minimum: bigint): Rated {
  return bounded(terms, period, [], { counted: [], takenBack: [], lines: 0n, minimum });
}

/** A period after a change to it. */
export function evolvePeriod(period: Period, change: PeriodChange): Period {
  const counters = new Map(period.counters);
  const step = (reading: Reading, next: typeof counted) => {
    const counter = next(counters.get(reading.meter) ?? emptyCounter(reading.aggregation), reading);
    if (typeof counter === 'string') throw new Error(`what was decided of ${reading.meter} can't be: ${counter}`);
    counters.set(reading.meter, counter);
  };
  for (const reading of change.takenBack) step(reading, takenBack);
  for (const reading of change.counted) step(reading, counted);
  return { ...linesAfter(period, change), counters };
}

function difference(
  terms: PlanTerms,
  period: Period,
  was: MeasuredUse | undefined,
  is: MeasuredUse | undefined,
  aside?: Aside,
): Rated | Unrated {
  const lines: (UseLine | PeriodLine)[] = [
    ...(was ? rateByUse(was.units, terms.byUse).lines.map(reversed) : []),
    ...(is ? rateByUse(is.units, terms.byUse).lines : []),
  ];
  const change = { counted: [] as Reading[], takenBack: [] as Reading[] };
  for (const price of terms.byPeriod) {
    const old = aside ? asideReading(aside, price) : was && readingOf(was, price);
    const now = is && readingOf(is, price);
    if (!old && !now) continue;
    const before = period.counters.get(price.meter) ?? emptyCounter(price.aggregation);
    const without = old ? takenBack(before, old) : before;
    const after = now && typeof without !== 'string' ? counted(without, now) : without;
    if (typeof after === 'string') return after;
    lines.push(periodLineOf(price, before, after));
    if (old) change.takenBack.push(old);
    if (now) change.counted.push(now);
  }
  const grown = lines.reduce((sum, { tokens }) => sum + tokens, 0n);
  if (period.lines + grown > largestAmount) return 'amount-over-limit';
  return bounded(terms, period, lines, { ...change, lines: grown });
}

const reversed = ({ units, tokens, ...line }: UseLine): UseLine => ({
  ...line,
  units: `-${units}`,
  tokens: -tokens,
});

function readingOf({ units, time, key }: MeasuredUse, { meter, aggregation }: PeriodPrice): Reading | undefined {
  // Meter names are foreign input, and every object has a `constructor`.
  if (!Object.hasOwn(units, meter)) return undefined;
  return { meter, aggregation, value: aggregation === 'count' ? oneUnit : scaled(units[meter]!), time, key };
}

function asideReading(
  { units, time, key }: Aside,
  { meter, aggregation }: Pick<PeriodPrice, 'meter' | 'aggregation'>,
): Reading | undefined {
  const value = units.get(meter);
  return value === undefined ? undefined : { meter, aggregation, value, time, key };
}

function periodLineOf({ meter, aggregation, formula }: PeriodPrice, before: Counter, after: Counter): PeriodLine {
  const [was, is] = [quantityOf(before, aggregation), quantityOf(after, aggregation)];
  const tokens = lineOf(formula, is) - lineOf(formula, was);
  return { kind: 'period', meter, before: decimalOf(was), after: decimalOf(is), tokens };
}

/**
 * Adds the lines of the plan's bounds, so that all lines add up to the difference of the totals.
 */
function bounded(
  terms: PlanTerms,
  period: Period,
  lines: readonly (UseLine | PeriodLine)[],
  change: PeriodChange,
): Rated {
  const [before, after] = [boundsOf(terms, period), boundsOf(terms, linesAfter(period, change))];
  const bounds: BoundLine[] = (['maximum', 'minimum'] as const)
    .map((kind) => ({ kind, tokens: after[kind] - before[kind] }))
    .filter(({ tokens }) => tokens !== 0n);
  const tokens = change.lines + bounds.reduce((sum, bound) => sum + bound.tokens, 0n);
  return { tokens, lines: [...lines, ...bounds], change };
}

const linesAfter = ({ lines, minimum }: Period, change: PeriodChange) => ({
  lines: lines + change.lines,
  minimum: change.minimum ?? minimum,
});

/** Amounts that the maximum takes from a period's lines (≤ 0), and that the minimum then adds. */
function boundsOf({ maximum }: PlanTerms, { lines, minimum }: Pick<Period, 'lines' | 'minimum'>) {
  const left = maximum !== undefined && lines > maximum ? maximum : lines;
  return { maximum: left - lines, minimum: left < minimum ? minimum - left : 0n };
}
