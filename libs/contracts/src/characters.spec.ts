import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { charactersIn, cutTo, storableText } from './characters.ts';

describe('a text of bounded length', () => {
  it.each([
    ['a', false],
    ['🪙', false],
    ['ab', true],
    ['🪙🪙', true],
    ['🪙🪙🪙🪙', true],
    ['a🪙b🪙', true],
    ['abcde', false],
    ['🪙🪙🪙🪙🪙', false],
  ])('is counted in characters, not in UTF-16 units: %j', (text, fits) => {
    expect(z.string().min(2).max(4).safeParse(text).success).toBe(fits);
    expect(charactersIn(text) >= 2 && charactersIn(text) <= 4).toBe(fits);
  });
});

describe('a text that is cut', () => {
  it('stays well formed, and is as long as it may be', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 20 }), (text, most) => {
        const cut = cutTo(most, text, '…');
        expect(cut.isWellFormed()).toBe(true);
        expect(charactersIn(cut)).toBe(Math.min(most, charactersIn(text)));
        expect(text.startsWith(cut.replace(/…$/, '')) || cut === text).toBe(true);
      }),
    ));
});

it("a text of somebody else's is kept without what no store takes", () => {
  expect(storableText(4, 'a\0b\ud800🪙c')).toBe('ab\ufffd🪙');
});
