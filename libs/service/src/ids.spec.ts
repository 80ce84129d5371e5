import { typeId } from '@tokengrid/contracts';
import { describe, expect, it } from '@jest/globals';
import { newId } from './ids.ts';

describe('newId', () => {
  it('makes TypeIDs: prefix, and 26 digits of which the first is at most 7', () => {
    for (let n = 0; n < 100; n++) {
      const id = newId('trf');
      expect(typeId('trf').safeParse(id).success).toBe(true);
      expect(id[4]! <= '7').toBe(true);
    }
  });

  it('makes ids that sort by when they were made, and none twice', () => {
    const ids = Array.from({ length: 10_000 }, () => newId('x'));
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('writes the time of a UUIDv7 into the first digits', () => {
    const before = Date.now();
    const digits = newId('x').slice(2, 12);
    const time = [...digits].reduce((sum, digit) => sum * 32 + '0123456789abcdefghjkmnpqrstvwxyz'.indexOf(digit), 0);
    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThanOrEqual(Date.now());
  });
});
