import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { skeletonOf } from './skeleton.ts';

describe('the skeleton of a name', () => {
  it.each([
    ['google', 'g00gle'],
    ['paypal', 'paypa1'],
    ['PayPal', 'PayPaI'],
    ['modern', 'rnodern'],
    ['modern', 'modem'],
    ['Tea shop', 'TEA SHOP'],
    ['Tea shop', ' Tea \u00a0 shop '],
    // Cyrillic, Greek, full-width and mathematical letters, and what nobody sees.
    ['Chat', '\u0421hat'],
    ['chat', 'ch\u0430t'],
    ['Omega', '\u039fmega'],
    ['Chat', '\uff23\uff48\uff41\uff54'],
    ['Chat', '\u{1d402}hat'],
    ['Chat', 'Ch\u200bat\u2060'],
    ['Chat', 'Ch\u00adat'],
    ['tea-shop', 'tea\u2010shop'],
    ['caf\u00e9', 'cafe\u0301'],
  ])('is that of %s for %s', (name, alike) => expect(skeletonOf(alike)).toBe(skeletonOf(name)));

  it.each([
    ['chat', 'chart'],
    ['tea-shop', 'teashop'],
    ['app-2', 'app-3'],
    ['\u8336', '\u8338'],
  ])('differs for %s and %s', (name, other) => expect(skeletonOf(other)).not.toBe(skeletonOf(name)));

  it('is its own skeleton', () => {
    expect(skeletonOf('\u02d8')).toBe(skeletonOf(skeletonOf('\u02d8')));
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        const skeleton = skeletonOf(name);
        expect(skeletonOf(skeleton)).toBe(skeleton);
      }),
      { numRuns: 1000 },
    );
  });
});
