import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  decimalOf,
  amount,
  basisPointsOf,
  divideHalfUp,
  fiat,
  largestAmount,
  largestSum,
  positiveAmount,
  positiveSum,
  scaled,
  signedAmount,
  signedSum,
  splitByLargestRemainder,
  sum,
  unitPrice,
} from './money.ts';

const anyAmount = fc.bigInt({ min: 0n, max: largestAmount });

describe('an amount', () => {
  it('is a decimal string on the wire and a bigint in code', () =>
    fc.assert(fc.property(anyAmount, (value) => expect(amount.parse(value.toString())).toBe(value))));

  it.each([
    '',
    ' 1',
    '1 ',
    '01',
    '+1',
    '-1',
    '1.0',
    '1e3',
    '0x10',
    '1_000',
    '١',
    '12345678901234567890123456789012345678901',
  ])('is not %j', (text) => expect(amount.safeParse(text).success).toBe(false));

  it.each([1, 1.5, 1n, null, undefined, true, ['1'], {}])('is not %p, which is no string', (value) =>
    expect(amount.safeParse(value).success).toBe(false),
  );

  it('goes up to 10^30 and no further', () => {
    expect(amount.parse(largestAmount.toString())).toBe(largestAmount);
    expect(amount.safeParse((largestAmount + 1n).toString()).success).toBe(false);
    expect(signedAmount.parse((-largestAmount).toString())).toBe(-largestAmount);
    expect(signedAmount.safeParse((-largestAmount - 1n).toString()).success).toBe(false);
  });

  it('may be zero unless it has to be positive, and has a sign only where it says so', () => {
    expect(amount.parse('0')).toBe(0n);
    expect(positiveAmount.safeParse('0').success).toBe(false);
    expect(signedAmount.parse('-7')).toBe(-7n);
    expect(signedAmount.safeParse('-0').success).toBe(false);
  });

  it('of fiat names its currency, and nothing else', () => {
    expect(fiat.parse({ currency: 'CNY', amount: '1999' })).toEqual({ currency: 'CNY', amount: 1999n });
    expect(fiat.safeParse({ currency: 'cny', amount: '1999' }).success).toBe(false);
    expect(fiat.safeParse({ currency: 'CNY', amount: '1999', note: '' }).success).toBe(false);
  });
});

describe('a sum', () => {
  it('holds what no amount holds, up to what numeric(38) does', () => {
    expect(sum.parse((largestAmount + 1n).toString())).toBe(largestAmount + 1n);
    expect(sum.parse(largestSum.toString())).toBe(largestSum);
    expect(signedSum.parse((-largestSum).toString())).toBe(-largestSum);
    expect(sum.safeParse((largestSum + 1n).toString()).success).toBe(false);
    expect(signedSum.safeParse((-largestSum - 1n).toString()).success).toBe(false);
  });

  it('may be zero unless it has to be positive, and has a sign only where it says so', () => {
    expect(sum.parse('0')).toBe(0n);
    expect(positiveSum.safeParse('0').success).toBe(false);
    expect(sum.safeParse('-7').success).toBe(false);
    expect(signedSum.parse('-7')).toBe(-7n);
    expect(signedSum.safeParse('-0').success).toBe(false);
  });
});

describe('a unit price', () => {
  it.each(['0', '12', '0.25', '0.000001', '999999999999999999.999999'])('can be %s', (text) =>
    expect(unitPrice.parse(text)).toBe(text),
  );
  it.each(['.5', '1.', '0.0000001', '1,5', '-1', '1e-3', '00.1'])('cannot be %s', (text) =>
    expect(unitPrice.safeParse(text).success).toBe(false),
  );
  it('is computed with as millionths, exactly', () => {
    expect(scaled('0.000001')).toBe(1n);
    expect(scaled('12.5')).toBe(12_500_000n);
    expect(scaled('999999999999999999.999999')).toBe(999_999_999_999_999_999_999_999n);
    for (const text of ['0', '12', '0.000001', '12.5', '999999999999999999.999999']) {
      expect(decimalOf(scaled(text))).toBe(text);
    }
    expect(decimalOf(-12_500_000n)).toBe('-12.5');
  });
});

describe('divideHalfUp', () => {
  it.each([
    [0n, 2n, 0n],
    [1n, 2n, 1n],
    [1n, 3n, 0n],
    [2n, 3n, 1n],
    [3n, 2n, 2n],
    [2_499_999n, 1_000_000n, 2n],
    [2_500_000n, 1_000_000n, 3n],
  ])('makes %p / %p into %p', (numerator, denominator, quotient) =>
    expect(divideHalfUp(numerator, denominator)).toBe(quotient),
  );

  it('is never further than a half from the truth, and a half goes up', () =>
    fc.assert(
      fc.property(anyAmount, fc.bigInt({ min: 1n, max: 10n ** 12n }), (numerator, denominator) => {
        const twiceTheError = 2n * (divideHalfUp(numerator, denominator) * denominator - numerator);
        expect(twiceTheError > -denominator && twiceTheError <= denominator).toBe(true);
      }),
    ));

  it.each([
    [-1n, 2n],
    [1n, 0n],
    [1n, -2n],
  ])('refuses %p / %p', (numerator, denominator) =>
    expect(() => divideHalfUp(numerator, denominator)).toThrow(RangeError),
  );
});

describe('basisPointsOf', () => {
  it('rounds the share half up, so that share and rest sum to the whole', () => {
    expect(basisPointsOf(1_250_000n, 1000)).toBe(125_000n);
    expect(basisPointsOf(5n, 1000)).toBe(1n);
    expect(basisPointsOf(4n, 1000)).toBe(0n);
  });

  it('is nothing at 0 and all at 10,000', () =>
    fc.assert(
      fc.property(anyAmount, (whole) => {
        expect(basisPointsOf(whole, 0)).toBe(0n);
        expect(basisPointsOf(whole, 10_000)).toBe(whole);
      }),
    ));
});

describe('splitByLargestRemainder', () => {
  const someWeights = fc
    .array(fc.bigInt({ min: 0n, max: 10n ** 12n }), { minLength: 1, maxLength: 20 })
    .filter((weights) => weights.some((weight) => weight > 0n));

  it('gives parts that sum to the whole, each less than one unit from its exact share', () =>
    fc.assert(
      fc.property(anyAmount, someWeights, (whole, weights) => {
        const parts = splitByLargestRemainder(whole, weights);
        const total = weights.reduce((sum, weight) => sum + weight, 0n);
        expect(parts.reduce((sum, part) => sum + part, 0n)).toBe(whole);
        parts.forEach((part, index) => {
          const error = part * total - whole * weights[index]!;
          expect(error > -total && error < total).toBe(true);
        });
      }),
    ));

  it('gives nothing to a weight of zero', () =>
    fc.assert(
      fc.property(anyAmount, someWeights, (whole, weights) => {
        const parts = splitByLargestRemainder(whole, [...weights, 0n]);
        expect(parts.at(-1)).toBe(0n);
      }),
    ));

  it('gives what is left to the largest remainders, the earlier part first where they tie', () => {
    expect(splitByLargestRemainder(100n, [1n, 1n, 1n])).toEqual([34n, 33n, 33n]);
    expect(splitByLargestRemainder(10n, [15n, 25n, 60n])).toEqual([2n, 2n, 6n]);
    expect(splitByLargestRemainder(7n, [1n, 3n])).toEqual([2n, 5n]);
  });

  it.each<[string, bigint, bigint[]]>([
    ['a negative whole', -1n, [1n]],
    ['a negative weight', 1n, [2n, -1n]],
    ['no weight at all', 1n, []],
    ['weights that are all zero', 1n, [0n, 0n]],
  ])('refuses %s', (_, whole, weights) => expect(() => splitByLargestRemainder(whole, weights)).toThrow(RangeError));
});
