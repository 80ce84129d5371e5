import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { encrypted } from '@tokengrid/contracts';
import * as fc from 'fast-check';
import { Unopenable } from '@tokengrid/service';
import { decryptText, encryptText } from './encrypted-text.ts';

const ann = { personId: 'usr_01jzz0000000000000000000c1', key: randomBytes(32) };
const bob = { personId: 'usr_01jzz0000000000000000000c2', key: randomBytes(32) };

describe('encrypted text', () => {
  it('reads as it was written, and stands in events as they declare it', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const written = encryptText(ann, 'name', text);
        expect(encrypted.safeParse(written).success).toBe(true);
        expect(decryptText(ann, 'name', written)).toBe(text);
      }),
    ));

  it('is another one each time, so that equal names do not show', () =>
    expect(encryptText(ann, 'name', 'Ann')).not.toBe(encryptText(ann, 'name', 'Ann')));

  it('opens for no other person, in no other place, and not at all once a bit has changed', () => {
    const written = encryptText(ann, 'name', 'Ann');
    const flipped = written.slice(0, -2) + (written.at(-2) === 'A' ? 'B' : 'A') + written.at(-1);
    expect(() => decryptText(bob, 'name', written)).toThrow(Unopenable);
    expect(() => decryptText({ ...ann, key: bob.key }, 'name', written)).toThrow(Unopenable);
    expect(() => decryptText(ann, 'email', written)).toThrow(Unopenable);
    expect(() => decryptText(ann, 'name', flipped)).toThrow(Unopenable);
    expect(() => decryptText(ann, 'name', 'Ann')).toThrow(Unopenable);
  });
});
