import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { characters, charactersIn, cutTo } from './characters.ts';

describe('a text of bounded length', () => {
  it.each([
    ['', false],
    ['a', false],
    ['🪙', false],
    ['ab', true],
    ['🪙🪙', true],
    ['🪙🪙🪙🪙', true],
    ['a🪙b🪙', true],
    ['abcde', false],
    ['🪙🪙🪙🪙🪙', false],
  ])('is counted in characters, not in UTF-16 units: %j', (text, fits) =>
    expect(characters(2, 4).safeParse(text).success).toBe(fits),
  );

  it('is so in JSON Schema, which counts the same', () => {
    expect(z.toJSONSchema(characters(1, 4))).toMatchObject({ type: 'string', minLength: 1, maxLength: 4 });
    expect(z.toJSONSchema(characters(0, 4))).not.toHaveProperty('minLength');
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
