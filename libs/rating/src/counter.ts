import { oneUnit } from './decimals.ts';
import type { Aggregation } from './price.ts';

/** A meter's value in one use. */
export interface Reading {
  readonly meter: string;
  readonly aggregation: Aggregation;
  /** Units × 10^6; one unit if the meter counts. */
  readonly value: bigint;
  /** Time of the use, epoch milliseconds. */
  readonly time: number;
  /** Distinguishes uses, also those of one time. */
  readonly key: string;
}

/** A meter's count in a period: a quantity that adds up, or the values that may still decide it. */
export type Counter =
  | { readonly kind: 'total'; readonly quantity: bigint }
  | {
      readonly kind: 'ranked';
      /** The highest first, each once. */
      readonly entries: readonly Entry[];
      /** The highest entry that was left out. Entries that rank no higher are not kept. */
      readonly floor?: Entry;
    };

/** A value, and the number of uses that gave it. */
interface Entry {
  readonly value: bigint;
  readonly time: number;
  readonly key: string;
  readonly uses: number;
}

/** Reason why a reading can't be counted, or taken back; see the bounds in the README. */
export type Uncountable = 'too-many-values' | 'needs-recount';

/** Maximum number of different values that a meter of kind `unique` counts in a period. */
export const maxUniqueValues = 1_000;

/**
 * Maximum number of values or uses that a meter of kind `max` or `latest` remembers of a period.
 */
export const maxRememberedValues = 100;

/** The counter of a meter without uses. */
export function emptyCounter(aggregation: Aggregation): Counter {
  return aggregation === 'sum' || aggregation === 'count'
    ? { kind: 'total', quantity: 0n }
    : { kind: 'ranked', entries: [] };
}

/**
 * A counter at a quantity × 10^6, without its uses. Of different values only the number is known:
 * values below 0, which no use gives, stand for them.
 */
export function counterAt(aggregation: Aggregation, quantity: bigint): Counter | Uncountable {
  if (aggregation === 'sum' || aggregation === 'count') return { kind: 'total', quantity };
  const entry = (value: bigint): Entry => ({ value, time: 0, key: '', uses: 1 });
  if (aggregation !== 'unique') return { kind: 'ranked', entries: quantity === 0n ? [] : [entry(quantity)] };
  const values = quantity / oneUnit;
  if (values > BigInt(maxUniqueValues)) return 'too-many-values';
  return { kind: 'ranked', entries: Array.from({ length: Number(values) }, (_, index) => entry(BigInt(-1 - index))) };
}

/** The quantity of a counter, × 10^6. */
export function quantityOf(counter: Counter, aggregation: Aggregation): bigint {
  if (counter.kind === 'total') return counter.quantity;
  if (aggregation === 'unique') return BigInt(counter.entries.length) * oneUnit;
  return counter.entries[0]?.value ?? 0n;
}

/** Counts a reading. */
export function counted(counter: Counter, reading: Reading): Counter | Uncountable {
  if (counter.kind === 'total') return { kind: 'total', quantity: counter.quantity + reading.value };
  const entry = entryOf(reading);
  const { entries, floor } = counter;
  if (floor && order(entry, floor) <= 0) return counter;
  const place = placeOf(entries, entry);
  const there = entries[place];
  if (there && order(there, entry) === 0) {
    return { ...counter, entries: entries.with(place, { ...there, uses: there.uses + 1 }) };
  }
  const more = entries.toSpliced(place, 0, entry);
  if (reading.aggregation === 'unique') {
    return more.length > maxUniqueValues ? 'too-many-values' : { ...counter, entries: more };
  }
  if (more.length <= maxRememberedValues) return { ...counter, entries: more };
  return { kind: 'ranked', entries: more.slice(0, -1), floor: more.at(-1)! };
}

/**
 * Takes back a reading that was counted.
 * @throws Error for one that was not
 */
export function takenBack(counter: Counter, reading: Reading): Counter | Uncountable {
  if (counter.kind === 'total') {
    if (reading.value > counter.quantity) throw neverCounted(reading);
    return { kind: 'total', quantity: counter.quantity - reading.value };
  }
  const entry = entryOf(reading);
  const { entries, floor } = counter;
  if (floor && order(entry, floor) <= 0) return counter;
  const place = placeOf(entries, entry);
  const there = entries[place];
  if (!there || order(there, entry) !== 0) throw neverCounted(reading);
  if (there.uses > 1) return { ...counter, entries: entries.with(place, { ...there, uses: there.uses - 1 }) };
  const fewer = entries.toSpliced(place, 1);
  return fewer.length === 0 && floor ? 'needs-recount' : { ...counter, entries: fewer };
}

function neverCounted({ meter, key }: Reading): Error {
  return new Error(`use ${key} was never counted by ${meter}`);
}

/** Only `latest` compares times; for the others equal values are one. */
function entryOf({ aggregation, value, time, key }: Reading): Entry {
  return aggregation === 'latest' ? { value, time, key, uses: 1 } : { value, time: 0, key: '', uses: 1 };
}

/** By time, then by key, then by value: positive where the first ranks higher. */
function order(one: Entry, other: Entry): number {
  if (one.time !== other.time) return one.time - other.time;
  if (one.key !== other.key) return one.key > other.key ? 1 : -1;
  return one.value === other.value ? 0 : one.value > other.value ? 1 : -1;
}

/** Index at which an entry stands or would stand. */
function placeOf(entries: readonly Entry[], entry: Entry): number {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (order(entries[middle]!, entry) > 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
