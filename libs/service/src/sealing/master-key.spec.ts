import { describe, expect, it } from '@jest/globals';
import { derivedKey, isMasterKey } from './master-key.ts';

const text = Buffer.alloc(32, 7).toString('base64url');

describe('a master key', () => {
  it.each([
    ['32 bytes in base64url', text, true],
    ['31 bytes', Buffer.alloc(31).toString('base64url'), false],
    ['33 bytes', Buffer.alloc(33).toString('base64url'), false],
    ['hex', 'f'.repeat(64), false],
    ['base64 with other characters', Buffer.alloc(32, 0xff).toString('base64'), false],
    ['nothing', '', false],
  ])('may be %s: %s %s', (_, given, expected) => expect(isMasterKey(given)).toBe(expected));

  it('gives a key for each purpose, the same whenever it is given', () => {
    const [one, other] = [derivedKey(text, 'a service one'), derivedKey(text, 'a service other')];
    expect(new Set([one, other, Buffer.alloc(32, 7)].map((key) => key.toString('hex'))).size).toBe(3);
    expect(derivedKey(text, 'a service one')).toEqual(one);
  });
});
