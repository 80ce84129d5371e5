import { z } from 'zod';

/** Largest amount that a caller, a price or one use may state: 10^30 µAIT. */
export const largestAmount = 10n ** 30n;
/**
 * Largest sum of amounts: the capacity of Postgres' `numeric(38)`, a hundred million of the largest
 * amounts.
 */
export const largestSum = 10n ** 38n - 1n;

const inRange = (amount: bigint) => amount <= largestAmount && amount >= -largestAmount;
const tooLarge = 'must not be larger than 10^30';
/** Digits as a bigint. */
export const asBigint = (text: string) => BigInt(text);

const unsigned39 = /^(0|[1-9]\d{0,38})$/;
const signed39 = /^(0|-?[1-9]\d{0,38})$/;
const unsigned38 = /^(0|[1-9]\d{0,37})$/;
const signed38 = /^(0|-?[1-9]\d{0,37})$/;
/**
 * Bounds of the bigints whose digits match a pattern: comparing is several times faster than
 * writing and matching.
 */
export const boundsOfDigits: ReadonlyMap<RegExp, readonly [least: bigint, most: bigint]> = new Map([
  [unsigned39, [0n, 10n ** 39n - 1n]],
  [signed39, [1n - 10n ** 39n, 10n ** 39n - 1n]],
  [unsigned38, [0n, 10n ** 38n - 1n]],
  [signed38, [1n - 10n ** 38n, 10n ** 38n - 1n]],
]);

/**
 * A whole number of µAIT, or of a currency's minor unit, ≥ 0: a decimal string on the wire, a
 * bigint in code.
 */
export const amount = z
  .string()
  .regex(unsigned39, 'must be a whole number as a decimal string, such as "1250000"')
  .transform(asBigint)
  .refine(inRange, tooLarge)
  .meta({ description: 'whole µAIT (1 AIT = 1,000,000 µAIT) as a decimal string', example: '1250000' });

/** An {@link amount} that is not zero. */
export const positiveAmount = amount.refine((value) => value > 0n, 'must be more than zero');

/** An amount with a sign, as postings have. */
export const signedAmount = z
  .string()
  .regex(signed39, 'must be a whole number as a decimal string, such as "-1250000"')
  .transform(asBigint)
  .refine(inRange, tooLarge)
  .meta({ description: 'whole µAIT with a sign, as a decimal string', example: '-1250000' });

/**
 * A sum of amounts, ≥ 0: a balance, a total, a price. Amounts computed by a decision, and not
 * stated by a caller, have this type.
 */
export const sum = z
  .string()
  .regex(unsigned38, 'must be a whole number as a decimal string, of up to 38 digits')
  .transform(asBigint)
  .meta({ description: 'a sum of whole amounts as a decimal string, of up to 38 digits', example: '1250000' });

/** A {@link sum} that is not zero. */
export const positiveSum = sum.refine((value) => value > 0n, 'must be more than zero');

/** A {@link sum} with a sign. */
export const signedSum = z
  .string()
  .regex(signed38, 'must be a whole number as a decimal string, of up to 38 digits')
  .transform(asBigint)
  .meta({
    description: 'a sum of whole amounts with a sign, as a decimal string, of up to 38 digits',
    example: '-1250000',
  });

/** An ISO 4217 code. */
export const currency = z.string().regex(/^[A-Z]{3}$/, 'must be a currency code, such as "CNY"');

/** An amount in the operator's currency, in minor units: tokens times the price of a token. */
export const fiat = z.strictObject({
  currency,
  amount: sum.meta({ description: 'minor units of the currency, as a decimal string', example: '1999' }),
});

/** A caller's amount in the operator's currency: a price, a limit. */
export const minorUnits = amount.meta({
  description: "minor units of the operator's currency, as a decimal string",
  example: '200',
});

/**
 * A price in µAIT per unit: a decimal string with up to 6 decimals. Kept as text; {@link
 * scaled} computes.
 */
export const unitPrice = z
  .string()
  .regex(
    /^(0|[1-9]\d{0,17})(\.\d{1,6})?$/,
    'must be a decimal string of up to 18 digits and 6 decimals, such as "0.25"',
  )
  .meta({ description: 'µAIT per unit, a decimal string with up to 6 decimals', example: '12.5' });

/** Fraction digits of unit prices and units. */
export const decimals = 6;
const scale = 10n ** BigInt(decimals);

/** A decimal string with up to 6 decimals, perhaps negative, times 10^6, exactly. */
export function scaled(decimal: string): bigint {
  if (decimal.startsWith('-')) return -scaled(decimal.slice(1));
  const [whole = '', fraction = ''] = decimal.split('.');
  return BigInt(whole) * scale + BigInt(fraction.padEnd(decimals, '0'));
}

/** The decimal string of a number × 10^6, which may be negative; the inverse of {@link scaled}. */
export function decimalOf(scaledValue: bigint): string {
  const size = scaledValue < 0n ? -scaledValue : scaledValue;
  const fraction = (size % scale).toString().padStart(decimals, '0').replace(/0+$/, '');
  return `${scaledValue < 0n ? '-' : ''}${size / scale}${fraction && `.${fraction}`}`;
}

/** `numerator / denominator` for a numerator ≥ 0, rounded half up: the only rounding in rating. */
export function divideHalfUp(numerator: bigint, denominator: bigint): bigint {
  if (numerator < 0n || denominator <= 0n)
    throw new RangeError('divideHalfUp needs a numerator ≥ 0 and a denominator > 0');
  return (2n * numerator + denominator) / (2n * denominator);
}

/**
 * Basis points of an amount ≥ 0 by largest remainder: the share rounds half up, the rest is the
 * complement.
 */
export function basisPointsOf(whole: bigint, basisPoints: number): bigint {
  return divideHalfUp(whole * BigInt(basisPoints), 10_000n);
}

/**
 * Splits `whole` ≥ 0 in proportion to `weights` by largest remainder (Hamilton's method): each part
 * gets its quotient rounded down, and the remaining units go one each to the largest remainders,
 * the earlier part first in a tie. The parts always sum to the whole.
 */
export function splitByLargestRemainder(whole: bigint, weights: readonly bigint[]): bigint[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  if (whole < 0n || total <= 0n || weights.some((weight) => weight < 0n)) {
    throw new RangeError('splitByLargestRemainder needs a whole ≥ 0 and weights ≥ 0 that are not all zero');
  }
  const parts = weights.map((weight) => (whole * weight) / total);
  const remainders = weights.map((weight, index) => ({ index, remainder: (whole * weight) % total }));
  remainders.sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder < b.remainder ? 1 : -1));
  let left = whole - parts.reduce((sum, part) => sum + part, 0n);
  for (const { index } of remainders) {
    if (left === 0n) break;
    parts[index]! += 1n;
    left -= 1n;
  }
  return parts;
}
