import { describe, expect, it } from '@jest/globals';
import { ApiKeys, type ApiKeyRow } from './api-keys.ts';

const rowOf = (secretHash: string): ApiKeyRow => ({
  secretHash,
  keyId: `key_${secretHash}`,
  partyId: 'pty_1',
  partyKind: 'developer',
  scopes: [],
  rights: {},
  expiresAt: null,
  revoked: false,
  suspended: false,
  lineage: { people: [], line: [], limited: [], budgeted: [] },
});

/** Keys of a table that records its look-ups. */
function keys(limits: { readonly apiKeyCacheMs: number; readonly apiKeyCacheEntries: number }) {
  const asked: string[] = [];
  const find = (hashes: readonly string[]) => {
    asked.push(...hashes);
    return Promise.resolve(hashes.map(rowOf));
  };
  return { asked, keys: new ApiKeys({ find }, limits, { now: () => 0 }) };
}

describe('keys that are remembered', () => {
  it('are not all forgotten for one more than there is room for', async () => {
    const { asked, keys: known } = keys({ apiKeyCacheMs: 60_000, apiKeyCacheEntries: 2 });
    for (const hash of ['a', 'b', 'a', 'c', 'a', 'b']) await known.principalOf(hash);
    expect(asked).toEqual(['a', 'b', 'c', 'b']);
  });

  it('are looked up each time where nothing may be remembered', async () => {
    const { asked, keys: known } = keys({ apiKeyCacheMs: 0, apiKeyCacheEntries: 2 });
    for (const hash of ['a', 'a']) await known.principalOf(hash);
    expect(asked).toEqual(['a', 'a']);
  });
});
