import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { exact, exactText, times } from './exact.ts';

describe('an exact number', () => {
  it.each([
    ['0', '0.0'],
    ['12', '12.0'],
    ['-0.50', '-0.5'],
    ['0.000001', '0.000001'],
    ['1234567890123456789012345678901234567890.1', '1234567890123456789012345678901234567890.1'],
  ])('is %s as %s', (text, shown) => expect(exactText(exact(text))).toBe(shown));

  it('is multiplied without rounding', () => {
    const factor = fc.tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.integer({ min: 0, max: 9 }));
    fc.assert(
      fc.property(factor, factor, ([value, scale], [other, by]) => {
        const product = exact(exactText(times({ value, scale }, { value: other, scale: by })));
        expect(product.value * 10n ** BigInt(scale + by)).toBe(value * other * 10n ** BigInt(product.scale));
      }),
    );
  });

  it('is no text that is not a decimal number', () => expect(() => exact('1e3')).toThrow('not a decimal number: 1e3'));
});
