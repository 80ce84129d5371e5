import { describe, expect, it } from '@jest/globals';
import type { KeyOrigin } from './lineage.ts';
import { KeyOrigins, withoutOrigin } from './lineage.ts';

const key = (keyId: string, { succeeds = null, mintedBy = null }: Partial<KeyOrigin> = {}): KeyOrigin => ({
  ...{ keyId, succeeds, mintedBy },
});
const lineageOf = (keyId: string, ...origins: readonly KeyOrigin[]) => new KeyOrigins(origins).lineageOf(keyId);

describe('what a key goes back to', () => {
  it('is nothing, for one that nobody knows and for a first one', () => {
    expect(lineageOf('a')).toEqual(withoutOrigin('a'));
    expect(lineageOf('a', key('a'))).toEqual({ people: ['a'], line: ['a'], limited: [], budgeted: [] });
  });

  it('is the key that minted it, and what that goes back to', () =>
    expect(lineageOf('c', key('a'), key('b', { mintedBy: 'a' }), key('c', { mintedBy: 'b' }))).toEqual({
      people: ['c', 'b', 'a'],
      line: ['c', 'b', 'a'],
      limited: [],
      budgeted: [],
    }));

  it('is another person for each key that was minted, and one for a key and its successors', () => {
    const rotated = [key('a'), key('a2', { succeeds: 'a' }), key('a3', { succeeds: 'a2' })];
    expect(lineageOf('a3', ...rotated)).toEqual({ people: ['a'], line: ['a3', 'a2', 'a'], limited: [], budgeted: [] });
    expect(lineageOf('b', ...rotated, key('b', { mintedBy: 'a2' }))).toEqual({
      people: ['b', 'a'],
      line: ['b', 'a2', 'a', 'a3'],
      limited: [],
      budgeted: [],
    });
  });

  it('has the successors of what it goes back to: their caps bind it, too', () => {
    const origins = [
      key('a'),
      key('b', { mintedBy: 'a' }),
      key('a2', { succeeds: 'a' }),
      key('a3', { succeeds: 'a2' }),
    ];
    expect(lineageOf('b', ...origins).line).toEqual(['b', 'a', 'a2', 'a3']);
    expect(lineageOf('a', ...origins).line).toEqual(['a', 'a2', 'a3']);
  });

  it('is both the key that it succeeds and another one that asked for it: neither gets round its caps by that', () => {
    const origins = [key('a'), key('thief'), key('a2', { succeeds: 'a', mintedBy: 'thief' })];
    expect(lineageOf('a2', ...origins)).toEqual({
      people: ['a', 'thief'],
      line: ['a2', 'a', 'thief'],
      limited: [],
      budgeted: [],
    });
    expect(lineageOf('a', ...origins).people).toEqual(['a']);
  });

  it('does not have what it minted itself', () =>
    expect(lineageOf('a', key('a'), key('b', { mintedBy: 'a' }))).toEqual(withoutOrigin('a')));
});
