import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { uuidArray } from './binary-arrays.ts';

/**
 * Offset of the first member's bytes: after the header of a one-dimensional array and the member's
 * length.
 */
const firstMember = 24;

describe('uuids in binary form', () => {
  it.each([randomUUID(), randomUUID().toUpperCase(), randomUUID().replaceAll('-', '')])('are those of %s', (uuid) => {
    const bytes = uuidArray([uuid]).subarray(firstMember);
    expect(bytes.toString('hex')).toBe(uuid.replaceAll('-', '').toLowerCase());
  });

  it.each([
    ['', 'nothing'],
    ['9f86d081-884c-7d65-9a2f-eaa0c55ad0', 'too short'],
    ['9f86d081-884c-7d65-9a2f-eaa0c55ad01', 'half a byte short'],
    ['9f86d081-884c-7d65-9a2f-eaa0c55ad01500', 'too long'],
    ['9f86d081-884c-7d65-9a2f-eaa0c55ad01g', 'no hex digit'],
    ['9f86d081-884c-7d65-9a2f-eaa0c55ad0é5', 'no ASCII'],
  ])('are not made of %j: %s', (text) => {
    expect(() => uuidArray([randomUUID(), text])).toThrow(RangeError);
  });
});
